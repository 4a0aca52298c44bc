package dev.zhida.link;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Breaks a text into lines that fit. Pure but for the measure. */
final class TextLines {

    private static final String ELLIPSIS = "…";

    private TextLines() {}

    /** What is left of a text without what the typeface has no sign for, and without spaces in a row. */
    static String clean(String text, Typeface face) {
        return text.codePoints()
                .map(c -> Character.isWhitespace(c) ? ' ' : c)
                .filter(face::has)
                .mapToObj(Character::toString)
                .collect(Collectors.joining())
                .strip()
                .replaceAll(" {2,}", " ");
    }

    /** At most so many lines of so many pixels; the last one ends in … if the text is longer. */
    static List<String> fit(String text, Typeface face, double size, double width, int most) {
        var lines = new ArrayList<String>();
        var rest = text;
        while (!rest.isEmpty() && lines.size() < most) {
            var end =
                    lines.size() == most - 1 && face.width(rest, size) > width ? 0 : endOfLine(rest, face, size, width);
            if (end == 0) {
                lines.add(cut(rest, face, size, width - face.width(ELLIPSIS, size))
                                .stripTrailing()
                        + ELLIPSIS);
                break;
            }
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        return lines;
    }

    /** The last place where a line may end; within a word only if the word does not fit a line. */
    private static int endOfLine(String text, Typeface face, double size, double width) {
        var breaks = BreakIterator.getLineInstance(Locale.CHINA);
        breaks.setText(text);
        var end = 0;
        for (var next = breaks.next(); next != BreakIterator.DONE; next = breaks.next()) {
            if (face.width(text.substring(0, next).stripTrailing(), size) > width) {
                break;
            }
            end = next;
        }
        return end > 0 ? end : Math.max(cut(text, face, size, width).length(), 1);
    }

    private static String cut(String text, Typeface face, double size, double width) {
        var end = 0;
        while (end < text.length()) {
            var next = text.offsetByCodePoints(end, 1);
            if (face.width(text.substring(0, next), size) > width) {
                break;
            }
            end = next;
        }
        return text.substring(0, end);
    }
}
