package dev.zhida.campaign;

import dev.zhida.problem.Refusal;
import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Makes a small JPEG of our own out of whatever was fetched; not a byte of the original is kept. */
final class PictureEncoding {

    /** Largest picture that is kept, in bytes; the table checks it too. */
    static final int MAX_BYTES = 60 << 10;

    /** Most pixels that are unpacked, about 160 MB; the header is asked before anything is. */
    private static final long MAX_PIXELS = 40_000_000;

    private static final int[] LONGEST_SIDES = {800, 640, 480, 320};
    private static final float[] QUALITIES = {0.85f, 0.7f, 0.55f, 0.4f};

    private PictureEncoding() {}

    record Encoded(byte[] jpeg, int width, int height) {}

    /**
     * Encodes a picture anew: as large and as good as 60 KB allow.
     *
     * @throws Refusal {@code picture-unreadable} or {@code picture-too-large}
     */
    static Encoded encode(byte[] original) {
        try {
            var picture = decode(original);
            for (var side : LONGEST_SIDES) {
                var scaled = scale(picture, side);
                for (var quality : QUALITIES) {
                    var jpeg = jpeg(scaled, quality);
                    if (jpeg.length <= MAX_BYTES) {
                        return new Encoded(jpeg, scaled.getWidth(), scaled.getHeight());
                    }
                }
            }
            throw tooLarge("the picture does not fit into " + (MAX_BYTES >> 10) + " KB: use a calmer one");
        } catch (IOException | RuntimeException e) {
            // Decoders answer broken files with whatever exception comes to them.
            throw e instanceof Refusal refusal
                    ? refusal
                    : new Refusal(
                            Refusal.Kind.INVALID,
                            "picture-unreadable",
                            "this is no picture that can be read: use a JPEG, PNG, GIF or WebP");
        }
    }

    private static BufferedImage decode(byte[] original) throws IOException {
        // In memory: the usual stream would write each picture to a temporary file.
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(original))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("no reader");
            }
            var reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return decode(reader);
            } finally {
                reader.dispose();
            }
        }
    }

    private static BufferedImage decode(ImageReader reader) throws IOException {
        var width = reader.getWidth(0);
        var height = reader.getHeight(0);
        if ((long) width * height > MAX_PIXELS) {
            throw tooLarge("the picture has " + width + " × " + height + " pixels: use a smaller one");
        }
        var every = Math.max(1, Math.max(width, height) / (2 * LONGEST_SIDES[0]));
        var parameters = reader.getDefaultReadParam();
        parameters.setSourceSubsampling(every, every, 0, 0);
        return reader.read(0, parameters);
    }

    /** Shrinks to the longest side, never enlarges, and puts what is transparent on white. */
    private static BufferedImage scale(BufferedImage picture, int longestSide) {
        var factor = Math.min(1.0, (double) longestSide / Math.max(picture.getWidth(), picture.getHeight()));
        var width = Math.max(1, (int) Math.round(picture.getWidth() * factor));
        var height = Math.max(1, (int) Math.round(picture.getHeight() * factor));
        var scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var canvas = scaled.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            canvas.drawImage(picture, 0, 0, width, height, Color.WHITE, null);
        } finally {
            canvas.dispose();
        }
        return scaled;
    }

    private static byte[] jpeg(BufferedImage picture, float quality) throws IOException {
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try {
            var bytes = new ByteArrayOutputStream();
            try (var out = new MemoryCacheImageOutputStream(bytes)) {
                writer.setOutput(out);
                var parameters = writer.getDefaultWriteParam();
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality);
                writer.write(null, new IIOImage(picture, null, null), parameters);
            }
            return bytes.toByteArray();
        } finally {
            writer.dispose();
        }
    }

    private static Refusal tooLarge(String detail) {
        return new Refusal(Refusal.Kind.INVALID, "picture-too-large", detail);
    }
}
