package dev.zhida.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Things in the order of a time. Additions are sorted in when somebody looks next. */
final class Index<T> {

    private final ToLongFunction<T> time;
    private final ToLongFunction<T> tie;
    private final ArrayList<T> items = new ArrayList<>();
    private boolean sorted = true;

    Index(ToLongFunction<T> time, ToLongFunction<T> tie) {
        this.time = time;
        this.tie = tie;
    }

    synchronized void add(T item) {
        items.add(item);
        sorted = false;
    }

    /** At most {@code limit} of them that come after a place and not after {@code to}. */
    synchronized List<T> after(long place, long tiePlace, long to, int limit, Predicate<T> which) {
        sort();
        var found = new ArrayList<T>();
        for (var i = firstAfter(place, tiePlace);
                i < items.size() && found.size() < limit && time.applyAsLong(items.get(i)) <= to;
                i++) {
            if (which.test(items.get(i))) {
                found.add(items.get(i));
            }
        }
        return found;
    }

    /** At most {@code limit} of them that come before a place and not before {@code from}; the last ones. */
    synchronized List<T> before(long place, long tiePlace, long from, int limit, Predicate<T> which) {
        sort();
        var found = new ArrayList<T>();
        for (var i = firstAfter(place, tiePlace - 1) - 1;
                i >= 0 && found.size() < limit && time.applyAsLong(items.get(i)) >= from;
                i--) {
            if (which.test(items.get(i))) {
                found.addFirst(items.get(i));
            }
        }
        return found;
    }

    synchronized int size() {
        return items.size();
    }

    private void sort() {
        if (!sorted) {
            items.sort(Comparator.comparingLong(time).thenComparingLong(tie));
            sorted = true;
        }
    }

    private int firstAfter(long place, long tiePlace) {
        var low = 0;
        var high = items.size();
        while (low < high) {
            var middle = (low + high) >>> 1;
            var item = items.get(middle);
            var at = time.applyAsLong(item);
            if (at < place || at == place && tie.applyAsLong(item) <= tiePlace) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
