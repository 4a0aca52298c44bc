package dev.zhida.intake;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.money.Money;
import java.util.List;
import java.util.Objects;

/**
 * Which line a row belongs to, where both a file and the API tell of one order. Files do not name lines as the API does,
 * so a row is known by what both tell alike.
 *
 * <p>A line is never paid twice: a row that may be a line of the other source and is not clearly one of them moves no
 * money. A file's row is then refused, because the API tells of the order anyhow. The API's row is held for review,
 * and so are the file's lines that it may be.
 */
final class SourceMatch {

    private SourceMatch() {}

    /** What both sources tell alike. */
    record Likeness(String itemKey, SlotKey slot, int quantity, Money paid) {

        static Likeness of(Observation o) {
            return new Likeness(o.itemKey(), o.slot(), o.quantity(), o.paid());
        }

        /** Whether they may be about one item; a file may not name it. */
        boolean maySell(String otherItemKey) {
            return itemKey == null || otherItemKey == null || itemKey.equals(otherItemKey);
        }
    }

    /**
     * A line that has the row's order number or that of its parent: sources that know no parents name orders by either.
     *
     * @param ofFile whether a file told of it first
     * @param both whether the other source tells of it too
     */
    record Known(String lineKey, String orderNo, Likeness likeness, OrderStatus status, boolean ofFile, boolean both) {}

    sealed interface Answer {

        /** It is a line of its own. */
        record Own() implements Answer {}

        /** It tells of a line that the other source told of first. */
        record Joins(Known line) implements Answer {}

        /** It may be one of these lines, or none. */
        record Doubtful(List<Known> lines) implements Answer {}
    }

    /** Whose line a file's row is, among the lines of its order. */
    static Answer ofFile(Observation row, List<Known> lines) {
        var own = lines.stream()
                .filter(line -> line.lineKey().equals(row.lineKey()))
                .findFirst();
        if (own.isPresent()) {
            // The API may tell of it as a line of its own by now: then the file's word moves no money any more.
            var perhaps = own.get().both()
                    ? List.<Known>of()
                    : lines.stream()
                            .filter(line -> !line.ofFile() && !line.both() && line.status() != OrderStatus.INVALID)
                            .filter(line -> line.likeness().maySell(row.itemKey()))
                            .toList();
            return perhaps.isEmpty() ? new Answer.Own() : new Answer.Doubtful(perhaps);
        }
        if (lines.stream().noneMatch(line -> !line.ofFile() || line.both())) {
            return new Answer.Own();
        }
        var alike = lines.stream()
                .filter(line -> !line.ofFile() && !line.both())
                .filter(line -> line.likeness().equals(Likeness.of(row)))
                .toList();
        return alike.size() == 1 ? new Answer.Joins(alike.getFirst()) : new Answer.Doubtful(alike);
    }

    /** Whose line a row of the API is, among the lines of its order. */
    static Answer ofApi(Observation row, List<Known> lines) {
        var perhaps = lines.stream()
                .filter(line -> line.ofFile() && !line.both() && line.status() != OrderStatus.INVALID)
                .filter(line -> !line.lineKey().equals(row.lineKey()))
                .filter(line -> line.likeness().maySell(row.itemKey()))
                .toList();
        if (perhaps.isEmpty()) {
            return new Answer.Own();
        }
        var alike = perhaps.stream()
                .filter(line -> line.likeness().equals(Likeness.of(row)))
                .toList();
        var isLine = lines.stream().anyMatch(line -> Objects.equals(line.lineKey(), row.lineKey()));
        // What was held as a line of its own stays one: it has told of itself already.
        return alike.size() == 1 && !isLine ? new Answer.Joins(alike.getFirst()) : new Answer.Doubtful(perhaps);
    }
}
