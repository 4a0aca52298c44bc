package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import dev.zhida.link.PlacementPicture.Content;
import dev.zhida.link.PlacementPicture.Ratio;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementPictureTest {

    private static final Content FULL = new Content(
            "【双11预售】双面呢羊毛大衣女 2026 秋冬新款 Oversize 韩版中长款高级感小个子赫本风外套 🔥🔥",
            "1178.50",
            "1399",
            "220.50",
            "淘宝",
            "https://go.zhida.example/r/7KQ2MXWB",
            "◆7KQ2MXWBHT4RZN◆",
            "go.zhida.example/paste");
    private static final Content BARE =
            new Content("好物推荐", null, null, null, "拼多多", "https://go.zhida.example/r/7KQ2MXWB", null, "直达");

    /** A picture of an item as a marketplace has it, made up. */
    private static byte[] item() throws IOException {
        var image = new BufferedImage(640, 640, BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        g.setPaint(new GradientPaint(0, 0, new Color(0xCFD9DF), 640, 640, new Color(0x8E9EAB)));
        g.fillRect(0, 0, 640, 640);
        g.setColor(new Color(0x9C6B4E));
        g.fill(new Ellipse2D.Double(170, 110, 300, 420));
        var jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        return jpeg.toByteArray();
    }

    private static BufferedImage drawn(String name, Content content, Ratio ratio, byte[] item) throws IOException {
        var png = PlacementPicture.png(content, ratio, item);
        Files.createDirectories(Path.of("target", "pictures"));
        Files.write(Path.of("target", "pictures", name + ".png"), png);
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    private static BufferedImage recompressed(BufferedImage image, float quality) throws IOException {
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        var parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(quality);
        var jpeg = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(jpeg)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return ImageIO.read(new ByteArrayInputStream(jpeg.toByteArray()));
    }

    private static String read(BufferedImage image) throws ReaderException {
        var pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        var source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(source)))
                .getText();
    }

    @ParameterizedTest
    @EnumSource
    void the_qr_code_is_read_after_recompression_at_quality_50(Ratio ratio) throws Exception {
        for (var content : new Content[] {FULL, BARE}) {
            for (var item : new byte[][] {item(), null}) {
                var name = (content == FULL ? "full-" : "bare-") + (item == null ? "without-" : "with-") + ratio.name();
                var image = drawn(name, content, ratio, item);
                assertThat(image.getWidth()).isEqualTo(1080);
                assertThat(image.getHeight()).isEqualTo(ratio == Ratio.SQUARE ? 1080 : 1440);
                assertThat(read(image)).isEqualTo(content.url());
                assertThat(read(recompressed(image, 0.5f))).isEqualTo(content.url());
            }
        }
    }

    @Test
    void the_typeface_has_what_titles_are_written_in() {
        var bold = Typeface.Faces.BOLD;
        assertThat("双面呢大衣繁體龘 ABC abc 0123456789 ◆¥￥【】「」（）！？，。·—…％℃").satisfies(text -> assertThat(
                        text.codePoints().filter(c -> !bold.has(c)).toArray())
                .isEmpty());
        assertThat(bold.has(0x1F525)).isFalse();
        assertThat(TextLines.clean("大衣🔥🔥\n 新款  ❤\uFE0F", bold))
                .startsWith("大衣 新款")
                .doesNotContain("🔥", "\n", "\uFE0F");
    }

    @Test
    void a_long_title_is_broken_between_words_and_ends_in_an_ellipsis() {
        var face = Typeface.Faces.BOLD;
        var lines = TextLines.fit("双面呢大衣 wonderful coat 秋冬新款中长款高级感", face, 40, 400, 2);
        assertThat(lines).hasSize(2).allMatch(line -> face.width(line, 40) <= 400);
        assertThat(lines.getFirst()).isEqualTo("双面呢大衣");
        assertThat(lines.getLast()).startsWith("wonderful coat").endsWith("…");
        assertThat(TextLines.fit("大衣", face, 40, 400, 2)).containsExactly("大衣");
        assertThat(TextLines.fit("abcdefghijklmnopqrstuvwxyzabcdefghijkl", face, 40, 400, 3))
                .allMatch(line -> face.width(line, 40) <= 400)
                .hasSizeGreaterThan(1);
        assertThat(TextLines.fit("", face, 40, 400, 2)).isEmpty();
    }

    /** The JDK's fonts need fontconfig, which small servers do not have: a picture must not even start them. */
    @Test
    void no_font_of_the_machine_is_needed() throws Exception {
        var child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Drawing.class.getName());
        child.redirectErrorStream(true);
        var process = child.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("dev.zhida.link.PlacementPicture", "drawn and read")
                .doesNotContain("FontManager");
    }

    /** Run in a process of its own by {@link #no_font_of_the_machine_is_needed}. */
    static final class Drawing {
        private Drawing() {}

        public static void main(String[] arguments) throws Exception {
            var picture = ImageIO.read(new ByteArrayInputStream(PlacementPicture.png(FULL, Ratio.PORTRAIT, null)));
            System.out.println("drawn and " + (read(picture).equals(FULL.url()) ? "read" : "spoiled"));
        }
    }
}
