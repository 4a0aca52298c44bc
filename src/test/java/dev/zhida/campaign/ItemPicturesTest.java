package dev.zhida.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.zhida.TestDatabase;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OutboundFixture;
import dev.zhida.problem.Refusal;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ItemPicturesTest {

    @Inject
    ItemPictures pictures;

    @Inject
    Offers offers;

    @Inject
    Jdbi jdbi;

    private UUID offer;

    @BeforeEach
    void anOffer() {
        var item = ItemReference.of(Marketplace.TAOBAO, UUID.randomUUID().toString());
        offer = offers.of(List.of(item), Clock.systemUTC().instant()).get(item).id();
    }

    /** Noise, which packs worse than any photograph. */
    private static byte[] noise(String format, int width, int height) throws IOException {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var dice = new Random(7);
        for (var x = 0; x < width; x++) {
            for (var y = 0; y < height; y++) {
                picture.setRGB(x, y, dice.nextInt());
            }
        }
        return encoded(format, picture);
    }

    private static byte[] encoded(String format, BufferedImage picture) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static BufferedImage read(byte[] jpeg) throws IOException {
        assertThat(Arrays.copyOf(jpeg, 2)).isEqualTo(new byte[] {(byte) 0xFF, (byte) 0xD8});
        return ImageIO.read(new ByteArrayInputStream(jpeg));
    }

    private void refused(byte[] bytes, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> pictures.store(offer, "https://img.alicdn.com/a.jpg", bytes))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void even_noise_fits_into_sixty_kilobytes_and_keeps_its_shape() throws Exception {
        pictures.store(offer, "https://img.alicdn.com/a.png", noise("png", 1_600, 1_200));
        var jpeg = pictures.jpeg(offer).orElseThrow();
        assertThat(jpeg.length).isLessThanOrEqualTo(61_440);
        var picture = read(jpeg);
        assertThat(picture.getWidth() * 3).isEqualTo(picture.getHeight() * 4);
        assertThat(pictures.about(offer).orElseThrow().width()).isEqualTo(picture.getWidth());
    }

    @Test
    void a_small_picture_stays_as_large_as_it_is_and_what_is_transparent_becomes_white() throws Exception {
        pictures.store(
                offer,
                "https://img.alicdn.com/a.png",
                encoded("png", new BufferedImage(40, 30, BufferedImage.TYPE_INT_ARGB)));
        var picture = read(pictures.jpeg(offer).orElseThrow());
        assertThat(picture.getWidth()).isEqualTo(40);
        assertThat(picture.getHeight()).isEqualTo(30);
        assertThat(picture.getRGB(20, 15) & 0xFFFFFF).isEqualTo(0xFFFFFF);
    }

    @Test
    void a_newer_picture_takes_the_place_of_the_older() throws Exception {
        pictures.store(offer, "https://img.alicdn.com/a.png", noise("png", 20, 10));
        pictures.store(offer, "https://img.alicdn.com/b.gif", noise("gif", 30, 10));
        assertThat(pictures.about(offer).orElseThrow().sourceUrl()).isEqualTo("https://img.alicdn.com/b.gif");
        assertThat(pictures.about(offer).orElseThrow().width()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
                "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
            })
    void webp_with_and_without_loss_is_read(String base64) throws Exception {
        pictures.store(
                offer, "https://img.alicdn.com/a.webp", Base64.getDecoder().decode(base64));
        assertThat(read(pictures.jpeg(offer).orElseThrow()).getWidth()).isEqualTo(1);
    }

    @Test
    void what_is_no_picture_is_refused() throws Exception {
        refused(new byte[0], "picture-unreadable");
        refused("<svg/>".getBytes(java.nio.charset.StandardCharsets.UTF_8), "picture-unreadable");
        var half = noise("png", 50, 50);
        refused(Arrays.copyOf(half, 40), "picture-unreadable");
        assertThat(pictures.jpeg(offer)).isEmpty();
    }

    @Test
    void a_picture_that_would_unpack_to_more_than_memory_is_refused_by_its_header() throws Exception {
        // The dimensions of a PNG stand in its first chunk, which has a checksum of its own.
        var bomb = noise("png", 10, 10);
        var header = ByteBuffer.wrap(bomb);
        header.putInt(16, 60_000).putInt(20, 60_000);
        var checksum = new CRC32();
        checksum.update(bomb, 12, 17);
        header.putInt(29, (int) checksum.getValue());
        refused(bomb, "picture-too-large");
    }

    @Test
    void a_picture_is_fetched_from_a_picture_host_and_from_nowhere_else() throws Exception {
        try (var internet = new OutboundFixture()
                        .at("img.alicdn.com/a.png", OutboundFixture.bytes(200, noise("png", 20, 10)))
                        .at("img.alicdn.com/away.png", OutboundFixture.redirect("https://evil.example/a.png"));
                var outbound = internet.outbound()) {
            var fetching = new ItemPictures(outbound, jdbi, Clock.systemUTC());
            fetching.fetch(offer, "https://img.alicdn.com/a.png");
            assertThat(fetching.jpeg(offer)).isPresent();
            for (var url : List.of(
                    "https://evil.example/a.png", "http://img.alicdn.com/a.png", "https://item.taobao.com/a.png")) {
                assertThatExceptionOfType(Refusal.class)
                        .isThrownBy(() -> fetching.fetch(offer, url))
                        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("picture-unreachable"));
            }
        }
        try (var internet = new OutboundFixture()
                        .at("img.alicdn.com/away.png", OutboundFixture.redirect("https://evil.example/a.png"));
                var outbound = internet.outbound()) {
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> new ItemPictures(outbound, jdbi, Clock.systemUTC())
                            .fetch(offer, "https://img.alicdn.com/away.png"))
                    .withMessageContaining("evil.example");
        }
        assertThat(pictures.jpeg(offer)).isPresent();
    }
}
