package dev.zhida.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The order lines of one account, as its vendor's feeds show them at the simulated time. */
final class Market {

    /** A line as it is shown. */
    record Shown(Line line, State state) {}

    /** By which time a feed is asked. */
    enum By {
        MODIFIED,
        CREATED,
        PAID,
        RECEIVED,
        SETTLED
    }

    private record Change(Line line, State state) {}

    private final SandboxClock clock;
    private volatile Faults faults = Faults.NONE;
    private final List<Line> lines = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentHashMap<String, List<Line>> byOrder = new ConcurrentHashMap<>();
    private final Set<Line> disputed = ConcurrentHashMap.newKeySet();
    private final Set<Line> frozen = ConcurrentHashMap.newKeySet();
    private final Set<Line> shownWithUnknownStatus = ConcurrentHashMap.newKeySet();
    private final Index<Change> modified = new Index<>(change -> change.state.at(), change -> change.line.number);
    private final Index<Line> created = new Index<>(line -> line.createdAt, line -> line.number);
    private final Index<Line> paid = index(Step.PAID);
    private final Index<Line> received = index(Step.RECEIVED);
    private final Index<Line> settled = index(Step.SETTLED);

    Market(SandboxClock clock) {
        this.clock = clock;
    }

    private static Index<Line> index(Step step) {
        return new Index<>(line -> line.reached(step, line.end()), line -> line.number);
    }

    void add(Collection<Line> more) {
        for (var line : more) {
            lines.add(line);
            created.add(line);
            for (var state : line.states()) {
                modified.add(new Change(line, state));
            }
            addIfReached(line, Step.PAID, paid);
            addIfReached(line, Step.RECEIVED, received);
            addIfReached(line, Step.SETTLED, settled);
            byOrder.computeIfAbsent(line.orderNo, none -> Collections.synchronizedList(new ArrayList<>()))
                    .add(line);
            if (!line.disputes.isEmpty()) {
                disputed.add(line);
            }
            if (line.freeze != null) {
                frozen.add(line);
            }
        }
    }

    private static void addIfReached(Line line, Step step, Index<Line> index) {
        if (line.reached(step, line.end()) != Times.NEVER) {
            index.add(line);
        }
    }

    List<Line> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** The rows of one order number. */
    List<Shown> ofOrder(String orderNo) {
        var now = clock.second();
        return byOrder.getOrDefault(orderNo, List.of()).stream()
                .map(line -> new Shown(line, shown(line, now)))
                .filter(row -> row.state != null)
                .toList();
    }

    Collection<Line> disputed() {
        return sorted(disputed);
    }

    Collection<Line> frozen() {
        return sorted(frozen);
    }

    private static List<Line> sorted(Set<Line> some) {
        return some.stream()
                .sorted((one, other) -> Long.compare(one.number, other.number))
                .toList();
    }

    Faults faults() {
        return faults;
    }

    /** Changes what goes wrong. Rows that were shown with a status nobody knows are told again. */
    void faults(Faults next) {
        faults = next;
        if (next.unknownPercent() == 0) {
            for (var line : List.copyOf(shownWithUnknownStatus)) {
                touch(line);
            }
            shownWithUnknownStatus.clear();
        }
    }

    /** All rows of a window, both ends included, in the order of the time that is asked by. */
    List<Shown> window(By by, long from, long to, Predicate<Shown> which) {
        return after(by, from, Long.MIN_VALUE, to, Integer.MAX_VALUE, which);
    }

    /** At most {@code limit} rows of a window that come after a place. */
    List<Shown> after(By by, long place, long tie, long to, int limit, Predicate<Shown> which) {
        var now = clock.second();
        return by == By.MODIFIED
                ? changes(modified.after(place, tie, Math.min(to, now), limit, current(which, now)))
                : lines(index(by).after(place, tie, to, limit, shown(by, which, now)), now);
    }

    /** At most {@code limit} rows of a window that come before a place: the last of them. */
    List<Shown> before(By by, long place, long tie, long from, int limit, Predicate<Shown> which) {
        var now = clock.second();
        return by == By.MODIFIED
                ? changes(modified.before(place, tie, from, limit, current(which, now)))
                : lines(index(by).before(place, tie, from, limit, shown(by, which, now)), now);
    }

    /** Where a row stands in a feed. */
    static long place(By by, Shown row) {
        return switch (by) {
            case MODIFIED -> row.state.at();
            case CREATED -> row.line.createdAt;
            case PAID -> row.line.reached(Step.PAID, row.line.end());
            case RECEIVED -> row.line.reached(Step.RECEIVED, row.line.end());
            case SETTLED -> row.line.reached(Step.SETTLED, row.line.end());
        };
    }

    private Index<Line> index(By by) {
        return switch (by) {
            case CREATED -> created;
            case PAID -> paid;
            case RECEIVED -> received;
            case SETTLED -> settled;
            case MODIFIED -> throw new IllegalArgumentException("changes have an index of their own");
        };
    }

    private static List<Shown> changes(List<Change> some) {
        return some.stream().map(change -> new Shown(change.line, change.state)).toList();
    }

    private List<Shown> lines(List<Line> some, long now) {
        return some.stream()
                .map(line -> new Shown(line, shown(line, now)))
                .filter(row -> row.state != null)
                .toList();
    }

    private Predicate<Change> current(Predicate<Shown> which, long now) {
        return change -> change.state == shown(change.line, now) && which.test(new Shown(change.line, change.state));
    }

    private Predicate<Line> shown(By by, Predicate<Shown> which, long now) {
        return line -> {
            var state = shown(line, now);
            return state != null
                    && (by == By.CREATED || place(by, new Shown(line, state)) <= state.at())
                    && which.test(new Shown(line, state));
        };
    }

    /** What is shown of a line: its last state that is not late. */
    private State shown(Line line, long now) {
        var states = line.states();
        for (var i = states.length - 1; i >= 0; i--) {
            if (states[i].at() <= now && !late(line, states[i].at(), now)) {
                return states[i];
            }
        }
        return null;
    }

    /** What is shown of a dispute: its last news that is not late. */
    Dispute.News shown(Line line, Dispute dispute, long now) {
        Dispute.News last = null;
        for (var news : dispute.news()) {
            if (news.at() <= now && !late(line, news.at(), now)) {
                last = news;
            }
        }
        return last;
    }

    private boolean late(Line line, long changedAt, long now) {
        var current = faults;
        return current.latePercent() > 0
                && now < changedAt + current.lateSeconds()
                && chance(line.number * 131 + changedAt, current.latePercent());
    }

    /** Decides by the row itself, so that asking again answers the same. */
    private static boolean chance(long what, int percent) {
        return Math.floorMod(Item.mix(what), 100) < percent;
    }

    /** The status of a row, or one that nobody knows. */
    String code(Shown row, String unknown) {
        var current = faults;
        if (current.unknownPercent() > 0 && chance(row.line.number * 37 + row.state.at(), current.unknownPercent())) {
            shownWithUnknownStatus.add(row.line);
            return unknown;
        }
        return row.state.code();
    }

    /** What happens to the rows of a page on their way out. */
    List<Shown> spoil(List<Shown> page) {
        var current = faults;
        if (current.duplicatePercent() == 0 && !current.shuffled()) {
            return page;
        }
        var rows = new ArrayList<Shown>();
        for (var row : page) {
            rows.add(row);
            if (chance(row.line.number * 61 + row.state.at(), current.duplicatePercent())) {
                rows.add(row);
            }
        }
        if (current.shuffled()) {
            Collections.shuffle(rows, new Random(rows.size()));
        }
        return rows;
    }

    /** Between two pages of a window some of its rows change. */
    void move(List<Shown> window) {
        var percent = faults.movingPercent();
        if (percent > 0) {
            var seen = new HashSet<Line>();
            for (var row : window) {
                if (chance(row.line.number * 17 + clock.second(), percent) && seen.add(row.line)) {
                    touch(row.line);
                }
            }
        }
    }

    private void touch(Line line) {
        var state = line.touch(clock.second());
        if (state != null) {
            modified.add(new Change(line, state));
        }
    }
}
