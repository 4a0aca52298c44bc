package dev.zhida.link;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Arc2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Draws the picture that a creator posts: the item, its title and price, a QR code that leads to the placement, and the
 * token with the place to paste it at.
 */
final class PlacementPicture {

    /** Goes up when pictures are drawn in another way, so that those that are kept are drawn anew. */
    static final int VERSION = 1;

    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(0x1F2329);
    private static final Color GREY = new Color(0x8A9099);
    private static final Color FAINT = new Color(0xF4F5F7);
    private static final Color RED = new Color(0xE1251B);
    private static final Color ROSE = new Color(0xFFECEA);

    private static final int MARGIN = 48;
    private static final int ROUND = 28;
    private static final int TITLE_SIZE = 42;
    private static final int TITLE_LINE = 60;
    private static final int BAR = 84;

    private static final Typeface REGULAR = Typeface.Faces.REGULAR;
    private static final Typeface BOLD = Typeface.Faces.BOLD;

    /**
     * What it shows.
     *
     * @param price to pay, in yuan; {@code null} if it is not known
     * @param before the price without the coupon; {@code null} if that is the same
     * @param coupon what the coupon takes off; {@code null} if there is none
     * @param shop the marketplace, as fans know it
     * @param token {@code null} where none may be shown
     * @param pasteAt where to paste it
     */
    record Content(
            String title,
            String price,
            String before,
            String coupon,
            String shop,
            String url,
            String token,
            String pasteAt) {}

    /** Its shape, and where things are. */
    enum Ratio {
        SQUARE("1:1", 1080, new Rectangle(MARGIN, MARGIN, 588, 588), new Rectangle(678, 236, 312, 312), 712, 984),
        PORTRAIT("3:4", 1440, new Rectangle(MARGIN, MARGIN, 984, 760), new Rectangle(720, 960, 312, 312), 908, 624);

        private static final int WIDTH = 1080;

        private final String text;
        private final int height;
        private final Rectangle item;
        private final Rectangle qr;
        private final int titleBaseline;
        private final int titleWidth;

        Ratio(String text, int height, Rectangle item, Rectangle qr, int titleBaseline, int titleWidth) {
            this.text = text;
            this.height = height;
            this.item = item;
            this.qr = qr;
            this.titleBaseline = titleBaseline;
            this.titleWidth = titleWidth;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final Content content;
    private final Ratio ratio;
    private final Graphics2D g;

    private PlacementPicture(Content content, Ratio ratio, Graphics2D g) {
        this.content = content;
        this.ratio = ratio;
        this.g = g;
    }

    /**
     * The picture as a PNG.
     *
     * @param item the item's own picture, in a format that the JDK reads; {@code null} if there is none
     */
    static byte[] png(Content content, Ratio ratio, byte[] item) {
        var image = new BufferedImage(Ratio.WIDTH, ratio.height, BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        try {
            g.setRenderingHints(Map.of(
                    RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON,
                    RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE,
                    RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC));
            new PlacementPicture(content, ratio, g)
                    .draw(item == null ? null : ImageIO.read(new ByteArrayInputStream(item)));
            var png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            g.dispose();
        }
    }

    private void draw(BufferedImage item) {
        fill(PAPER, new Rectangle(0, 0, Ratio.WIDTH, ratio.height));
        if (item == null) {
            drawBag(ratio.item);
        } else {
            drawItem(item, ratio.item);
        }
        drawQr(ratio.qr);
        var lines = TextLines.fit(TextLines.clean(content.title(), BOLD), BOLD, TITLE_SIZE, ratio.titleWidth, 2);
        for (var i = 0; i < lines.size(); i++) {
            // A single line stands in the middle of the room for two.
            write(
                    BOLD,
                    lines.get(i),
                    TITLE_SIZE,
                    INK,
                    MARGIN,
                    ratio.titleBaseline + TITLE_LINE * (i + (2 - lines.size()) / 2.0));
        }
        drawPrice(ratio.titleBaseline + TITLE_LINE + 116);
        drawToken(new Rectangle(MARGIN, ratio.height - MARGIN - BAR, Ratio.WIDTH - 2 * MARGIN, BAR));
    }

    private void drawItem(BufferedImage item, Rectangle frame) {
        var clip = g.getClip();
        g.setClip(rounded(frame));
        // Covers the frame; what is too much at two sides is left out.
        var scale = Math.max((double) frame.width / item.getWidth(), (double) frame.height / item.getHeight());
        var width = (int) Math.ceil(item.getWidth() * scale);
        var height = (int) Math.ceil(item.getHeight() * scale);
        g.drawImage(
                item, frame.x + (frame.width - width) / 2, frame.y + (frame.height - height) / 2, width, height, null);
        g.setClip(clip);
    }

    /** Stands for an item that has no picture. */
    private void drawBag(Rectangle frame) {
        g.setPaint(new GradientPaint(
                frame.x,
                frame.y,
                new Color(0xFFF1E6),
                frame.x + frame.width,
                frame.y + frame.height,
                new Color(0xFFD9D2)));
        g.fill(rounded(frame));
        var size = frame.height * 0.42;
        var x = frame.getCenterX() - size / 2;
        var y = frame.getCenterY() - size / 2 + size * 0.08;
        g.setColor(new Color(255, 255, 255, 230));
        g.fill(new RoundRectangle2D.Double(x, y, size, size * 0.92, size * 0.18, size * 0.18));
        g.setColor(RED);
        g.setStroke(new BasicStroke((float) (size * 0.05), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(new Arc2D.Double(x + size * 0.28, y - size * 0.24, size * 0.44, size * 0.6, 0, 180, Arc2D.OPEN));
        g.draw(new Arc2D.Double(x + size * 0.3, y + size * 0.42, size * 0.4, size * 0.26, 180, 180, Arc2D.OPEN));
    }

    private void drawQr(Rectangle frame) {
        var above = frame.y - 96;
        writeCentred(BOLD, content.shop() + "好物", 36, INK, frame, above);
        writeCentred(REGULAR, "扫码直达商品", 28, GREY, frame, above + 48);
        try {
            // Half a picture's worth of compression must not spoil it.
            var matrix = new QRCodeWriter()
                    .encode(
                            content.url(),
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(EncodeHintType.ERROR_CORRECTION, ErrorCorrectionLevel.M, EncodeHintType.MARGIN, 0));
            // Whole pixels for each module; what is left over is shared between the sides.
            var module = frame.width / matrix.getWidth();
            var left = frame.x + (frame.width - module * matrix.getWidth()) / 2;
            var top = frame.y + (frame.height - module * matrix.getHeight()) / 2;
            g.setColor(INK);
            for (var x = 0; x < matrix.getWidth(); x++) {
                for (var y = 0; y < matrix.getHeight(); y++) {
                    if (matrix.get(x, y)) {
                        g.fillRect(left + x * module, top + y * module, module, module);
                    }
                }
            }
        } catch (WriterException e) {
            throw new IllegalStateException(e);
        }
    }

    private void drawPrice(int baseline) {
        if (content.price() == null) {
            write(BOLD, "点开看最新价格", 44, RED, MARGIN, baseline);
            return;
        }
        var x = write(BOLD, content.coupon() == null ? "到手价" : "券后价", 32, RED, MARGIN, baseline) + 12;
        x = write(BOLD, "¥", 44, RED, x, baseline) + 4;
        x = write(BOLD, content.price(), 84, RED, x, baseline) + 20;
        if (content.before() != null) {
            var before = "¥" + content.before();
            var end = write(REGULAR, before, 32, GREY, x, baseline);
            g.setStroke(new BasicStroke(2.5f));
            g.drawLine((int) x, baseline - 12, (int) end, baseline - 12);
            x = end + 28;
        }
        if (content.coupon() != null) {
            drawCoupon("领券立减 " + content.coupon() + " 元", x, baseline);
        }
    }

    /** Behind the price, or below it if there is no room. */
    private void drawCoupon(String text, double x, int baseline) {
        var width = BOLD.width(text, 28) + 40;
        var isBehind = x + width <= MARGIN + ratio.titleWidth;
        var left = isBehind ? x : MARGIN;
        var top = isBehind ? baseline - 40 : baseline + 30;
        fill(ROSE, new RoundRectangle2D.Double(left, top, width, 52, 26, 26));
        write(BOLD, text, 28, RED, left + 20, top + 36);
    }

    private void drawToken(Rectangle frame) {
        fill(FAINT, rounded(frame));
        var baseline = frame.y + frame.height / 2 + 12;
        if (content.token() == null) {
            writeCentred(REGULAR, "长按识别二维码，直达商品", 32, GREY, frame, baseline);
            return;
        }
        var x = write(REGULAR, "口令 ", 28, GREY, frame.x + 28, baseline);
        x = write(BOLD, content.token(), 36, INK, x, baseline) + 24;
        var room = frame.x + frame.width - 28 - x;
        var where = TextLines.fit("到 " + content.pasteAt() + " 粘贴", REGULAR, 26, room, 1)
                .getFirst();
        write(REGULAR, where, 26, GREY, frame.x + frame.width - 28 - REGULAR.width(where, 26), baseline);
    }

    /** Writes a text and answers where it ends. */
    private double write(Typeface face, String text, double size, Color colour, double x, double baseline) {
        g.setColor(colour);
        g.fill(face.outline(text, size, x, baseline));
        return x + face.width(text, size);
    }

    private void writeCentred(Typeface face, String text, double size, Color colour, Rectangle frame, double baseline) {
        write(face, text, size, colour, frame.getCenterX() - face.width(text, size) / 2, baseline);
    }

    private void fill(Color colour, Shape shape) {
        g.setColor(colour);
        g.fill(shape);
    }

    private static Shape rounded(Rectangle frame) {
        return new RoundRectangle2D.Double(frame.x, frame.y, frame.width, frame.height, ROUND, ROUND);
    }
}
