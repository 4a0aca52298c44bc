package dev.zhida.link;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * Noto Sans SC (SIL Open Font License) as outlines. The JDK's own fonts need fontconfig, which a small server has not;
 * shapes are drawn everywhere, and everywhere the same.
 */
final class Typeface {

    /** Read when the first picture is drawn: 10 MB each. */
    static final class Faces {
        static final Typeface REGULAR = new Typeface("Regular");
        static final Typeface BOLD = new Typeface("Bold");

        private Faces() {}
    }

    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final double unitsPerEm;

    private Typeface(String weight) {
        try (var file = Typeface.class.getResourceAsStream("/fonts/ttf/NotoSansSC/NotoSansSC-" + weight + ".ttf")) {
            font = new TTFParser().parse(new RandomAccessReadBuffer(file));
            glyphs = font.getUnicodeCmapLookup();
            unitsPerEm = font.getUnitsPerEm();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has a sign for a character; it has none for emoji. */
    boolean has(int codePoint) {
        return glyphs.getGlyphId(codePoint) != 0;
    }

    /** How wide a text is, in pixels, at a size in pixels. */
    synchronized double width(String text, double size) {
        return text.codePoints().mapToDouble(this::advance).sum() * size;
    }

    /** A text as a shape that begins at {@code x} and stands on the line {@code y}. */
    synchronized Shape outline(String text, double size, double x, double y) {
        var outline = new Path2D.Double();
        var at = x;
        for (var codePoint : text.codePoints().toArray()) {
            var place = AffineTransform.getTranslateInstance(at, y);
            // Fonts count upwards, pictures downwards.
            place.scale(size / unitsPerEm, -size / unitsPerEm);
            outline.append(place.createTransformedShape(glyph(codePoint)), false);
            at += advance(codePoint) * size;
        }
        return outline;
    }

    private Shape glyph(int codePoint) {
        try {
            var glyph = font.getGlyph().getGlyph(glyphs.getGlyphId(codePoint));
            return glyph == null ? new Path2D.Double() : glyph.getPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double advance(int codePoint) {
        try {
            return font.getAdvanceWidth(glyphs.getGlyphId(codePoint)) / unitsPerEm;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
