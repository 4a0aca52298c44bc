package dev.zhida.link;

import dev.zhida.link.PastedText.Edge;
import dev.zhida.link.PastedText.Harm;
import dev.zhida.link.PastedText.Place;
import dev.zhida.link.PastedText.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * 14 places of a pasted text that may be a token.
 *
 * @param left what stands before the first place
 * @param right what stands behind the last one
 */
record TokenAttempt(Strength strength, Edge left, List<Place> places, Edge right) {

    private static final int LENGTH = TokenRepair.LENGTH;

    /** How much is mended: the less a stretch stands for itself, the less, so that chance stays out. */
    enum Strength {
        FULL(2, 3),
        PART(1, 2),
        NONE(0, 0);

        private final int wrong;
        private final int lost;

        Strength(int wrong, int lost) {
            this.wrong = wrong;
            this.lost = lost;
        }
    }

    /** The attempts that the runs of a text allow. */
    static List<TokenAttempt> of(List<Run> runs) {
        var attempts = new ArrayList<TokenAttempt>();
        for (var i = 0; i < runs.size(); i++) {
            addThoseOf(runs.get(i), attempts);
            if (i + 1 < runs.size()) {
                joined(runs.get(i), runs.get(i + 1)).ifPresent(attempts::add);
            }
        }
        return attempts;
    }

    private static void addThoseOf(Run run, List<TokenAttempt> attempts) {
        var size = run.places().size();
        if (size < LENGTH) {
            cut(run).ifPresent(attempts::add);
            return;
        }
        if (size == LENGTH || run.left().isSign()) {
            attempts.add(part(Strength.FULL, run, 0));
        }
        if (size > LENGTH) {
            if (run.right().isSign()) {
                attempts.add(part(Strength.FULL, run, size - LENGTH));
            }
            addWords(run, attempts);
            for (var from = 0; from + LENGTH <= size; from++) {
                attempts.add(part(Strength.NONE, run, from));
            }
        }
    }

    /** One word of 14 symbols stands for itself; several that have 14 together may do so by chance. */
    private static void addWords(Run run, List<TokenAttempt> attempts) {
        var starts = run.wordStarts();
        for (var first = 0; first < starts.length; first++) {
            for (var end = first + 1; end < starts.length && starts[end] - starts[first] <= LENGTH; end++) {
                if (starts[end] - starts[first] == LENGTH) {
                    attempts.add(part(end == first + 1 ? Strength.FULL : Strength.PART, run, starts[first]));
                }
            }
        }
    }

    /** The beginning or the end of a token, where it is known which of the two: the other symbols are lost. */
    private static Optional<TokenAttempt> cut(Run run) {
        var missing = LENGTH - run.places().size();
        var isBeginning =
                run.left().isSign() ? !run.right().isSign() : run.right() == Edge.FOLD && run.left() == Edge.NONE;
        var isEnd = run.right().isSign() ? !run.left().isSign() : run.left() == Edge.FOLD && run.right() == Edge.NONE;
        if (missing > Strength.FULL.lost || isBeginning == isEnd) {
            return Optional.empty();
        }
        return Optional.of(
                isBeginning
                        ? folded(run.left(), run.places(), missing, List.of(), run.right())
                        : folded(run.left(), List.of(), missing, run.places(), run.right()));
    }

    /** Two runs with a fold between them. */
    private static Optional<TokenAttempt> joined(Run first, Run second) {
        var missing = LENGTH - first.places().size() - second.places().size();
        return first.right() == Edge.FOLD && second.left() == Edge.FOLD && missing > 0 && missing <= Strength.FULL.lost
                ? Optional.of(folded(first.left(), first.places(), missing, second.places(), second.right()))
                : Optional.empty();
    }

    private static TokenAttempt folded(Edge left, List<Place> first, int missing, List<Place> second, Edge right) {
        var places = new ArrayList<>(first);
        places.addAll(Collections.nCopies(missing, new Place(TokenRepair.LOST, Set.of(Harm.FOLDED))));
        places.addAll(second);
        return new TokenAttempt(Strength.FULL, left, places, right);
    }

    private static TokenAttempt part(Strength strength, Run run, int from) {
        var until = from + LENGTH;
        return new TokenAttempt(
                strength,
                from == 0 ? run.left() : Edge.NONE,
                run.places().subList(from, until),
                until == run.places().size() ? run.right() : Edge.NONE);
    }

    boolean marked() {
        return left.isSign() || right.isSign();
    }

    /** The symbols that were meant; nothing if that cannot be told. */
    Optional<int[]> mend() {
        return TokenRepair.mend(symbols(), strength.wrong, strength.lost);
    }

    /** What a copy had done, to end up here from the symbols that were meant; {@code null} if nothing. */
    String repaired(int[] meant) {
        var seen = symbols();
        var wrong = 0;
        var lost = 0;
        var harms = EnumSet.noneOf(Harm.class);
        for (var i = 0; i < LENGTH; i++) {
            if (seen[i] == TokenRepair.LOST) {
                lost++;
            } else if (seen[i] != meant[i]) {
                wrong++;
            }
            harms.addAll(places.get(i).harms());
            if (i == 0) {
                // What stands before the first symbol is not inside of the token.
                harms.removeAll(Set.of(Harm.SPACES, Harm.INVISIBLE));
            }
        }
        if (left != Edge.SIGN || right != Edge.SIGN) {
            harms.add(Harm.SIGNS);
        }
        var parts = new ArrayList<String>();
        if (wrong > 0) {
            parts.add(wrong + " wrong");
        }
        if (lost > 0) {
            parts.add(lost + " lost");
        }
        harms.forEach(harm -> parts.add(harm.text()));
        return parts.isEmpty() ? null : String.join(", ", parts);
    }

    private int[] symbols() {
        return places.stream().mapToInt(Place::symbol).toArray();
    }
}
