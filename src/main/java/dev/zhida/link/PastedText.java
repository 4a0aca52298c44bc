package dev.zhida.link;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Finds the stretches of a pasted text that may be a token, however they were copied. */
final class PastedText {

    private static final Pattern FOLD = Pattern.compile("[.．。·]{2,}|[…⋯‥]+");
    private static final char FOLD_SIGN = '…';

    /** Not in the alphabet, so that a reader cannot mix them up; whoever writes one meant a symbol we do not know. */
    private static final String LOOK_ALIKES = "0Oo1Ii|";

    private PastedText() {}

    /** What a copy did to a token beside wrong and lost symbols. */
    enum Harm {
        CASE,
        WIDTH,
        INVISIBLE,
        SPACES,
        SIGNS,
        FOLDED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What stands beside a run. */
    enum Edge {
        NONE,
        SIGN,
        SIGNS,
        FOLD;

        boolean isSign() {
            return this == SIGN || this == SIGNS;
        }
    }

    /**
     * A place of a token.
     *
     * @param symbol 0 to 31, or {@link TokenRepair#LOST}
     * @param harms what was done to it, and {@link Harm#SPACES} if a space stands before it
     */
    record Place(int symbol, Set<Harm> harms) {}

    /** Places next to each other, spaces left out. */
    record Run(Edge left, List<Place> places, Edge right) {

        boolean marked() {
            return left.isSign() || right.isSign();
        }

        boolean hasDigitsAndLetters() {
            var digits = places.stream()
                    .filter(place -> place.symbol() >= 0 && place.symbol() < CodeAlphabet.DIGITS)
                    .count();
            return digits > 0 && digits < places.size();
        }

        /** The first place of each word, and the end. */
        int[] wordStarts() {
            return IntStream.rangeClosed(0, places.size())
                    .filter(i -> i == 0
                            || i == places.size()
                            || places.get(i).harms().contains(Harm.SPACES))
                    .toArray();
        }
    }

    private enum Kind {
        PLACE,
        SPACE,
        INVISIBLE,
        SIGN,
        FOLD,
        OTHER
    }

    /**
     * A character of the text.
     *
     * @param place the place that it is, or may be if it is some other character; {@code null} for the rest
     */
    private record Mark(Kind kind, Place place) {}

    /** The runs of a text, in their order; those between two signs also with strange characters as lost symbols. */
    static List<Run> runs(String text) {
        var marks = marks(FOLD.matcher(text).replaceAll(Character.toString(FOLD_SIGN)));
        var runs = collect(marks, false);
        // Whoever pastes chooses how many runs there are: none is compared with all others.
        var known = new HashSet<>(runs);
        collect(marks, true).stream()
                .filter(run -> run.places().size() == TokenRepair.LENGTH)
                .filter(run -> run.left().isSign() && run.right().isSign() && known.add(run))
                .forEach(runs::add);
        return runs;
    }

    private static List<Run> collect(List<Mark> marks, boolean othersAreLost) {
        var runs = new ArrayList<Run>();
        var places = new ArrayList<Place>();
        var left = Edge.NONE;
        var between = EnumSet.noneOf(Harm.class);
        for (var mark : marks) {
            switch (mark.kind()) {
                case SPACE -> between.add(Harm.SPACES);
                case INVISIBLE -> between.add(Harm.INVISIBLE);
                case PLACE, OTHER -> {
                    if (mark.kind() == Kind.PLACE || othersAreLost) {
                        between.addAll(mark.place().harms());
                        places.add(new Place(mark.place().symbol(), Set.copyOf(between)));
                    } else {
                        left = close(runs, left, places, Edge.NONE);
                    }
                    between.clear();
                }
                case SIGN -> {
                    var doubled = places.isEmpty() && left.isSign() && !between.contains(Harm.SPACES);
                    left = doubled ? doubled(runs) : close(runs, left, places, Edge.SIGN);
                    between.clear();
                }
                case FOLD -> left = close(runs, left, places, Edge.FOLD);
            }
        }
        close(runs, left, places, Edge.NONE);
        return runs;
    }

    /** Ends a run, if one was begun; answers what the next one has at its left. */
    private static Edge close(List<Run> runs, Edge left, List<Place> places, Edge right) {
        if (!places.isEmpty()) {
            runs.add(new Run(left, List.copyOf(places), right));
            places.clear();
        }
        return right;
    }

    /** The second of two signs belongs to the run before it and to the one behind it. */
    private static Edge doubled(List<Run> runs) {
        if (!runs.isEmpty() && runs.getLast().right() == Edge.SIGN) {
            var last = runs.removeLast();
            runs.add(new Run(last.left(), last.places(), Edge.SIGNS));
        }
        return Edge.SIGNS;
    }

    private static List<Mark> marks(String text) {
        var marks = new ArrayList<Mark>(text.length());
        text.codePoints().forEach(c -> add(marks, c));
        return marks;
    }

    private static void add(List<Mark> marks, int c) {
        if (c == ZhidaToken.SIGN) {
            marks.add(new Mark(Kind.SIGN, null));
        } else if (c == FOLD_SIGN) {
            marks.add(new Mark(Kind.FOLD, null));
        } else if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
            marks.add(new Mark(Kind.SPACE, null));
        } else if (isInvisible(c)) {
            marks.add(new Mark(Kind.INVISIBLE, null));
        } else if (c < 128) {
            marks.add(mark(c, EnumSet.noneOf(Harm.class)));
        } else {
            // Full-width and ornamental letters are letters; one character may become several.
            Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC)
                    .codePoints()
                    .forEach(plain -> marks.add(mark(plain, EnumSet.of(Harm.WIDTH))));
        }
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT, Character.NON_SPACING_MARK, Character.CONTROL -> true;
            default -> false;
        };
    }

    private static Mark mark(int c, EnumSet<Harm> harms) {
        var symbol = c < 128 ? CodeAlphabet.valueOf((char) c) : -1;
        if (Character.isLowerCase(c)) {
            harms.add(Harm.CASE);
        }
        if (symbol >= 0) {
            return new Mark(Kind.PLACE, new Place(symbol, harms));
        }
        var kind = LOOK_ALIKES.indexOf(c) >= 0 ? Kind.PLACE : Kind.OTHER;
        return new Mark(kind, new Place(TokenRepair.LOST, Set.of()));
    }
}
