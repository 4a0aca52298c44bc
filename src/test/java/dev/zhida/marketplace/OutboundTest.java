package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a TLS server on this machine that stands for the hosts of marketplaces. */
class OutboundTest {

    private static final Predicate<String> OURS =
            host -> MarketplaceHosts.of(host).isPresent();

    private final OutboundFixture internet = new OutboundFixture();

    @AfterEach
    void close() {
        internet.close();
    }

    @Test
    void what_is_there_is_got() throws Exception {
        internet.at("m.tb.cn/a", OutboundFixture.status(200, "hello"));
        try (var outbound = internet.outbound()) {
            var answer = outbound.get("https://m.tb.cn/a", OURS);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).asString().isEqualTo("hello");
        }
    }

    @Test
    void three_redirects_are_followed_and_a_fourth_is_not() throws Exception {
        internet.at("m.tb.cn/4", OutboundFixture.redirect("https://m.tb.cn/3"))
                .at("m.tb.cn/3", OutboundFixture.redirect("/2"))
                .at("m.tb.cn/2", OutboundFixture.redirect("1"))
                .at("m.tb.cn/1", OutboundFixture.redirect("https://m.tb.cn/0"))
                .at("m.tb.cn/0", OutboundFixture.status(200, "end"));
        try (var outbound = internet.outbound()) {
            var answer = outbound.get("https://m.tb.cn/3", OURS);
            assertThat(answer.url()).isEqualTo("https://m.tb.cn/0");
            assertThat(answer.body()).asString().isEqualTo("end");
            assertThatIOException()
                    .isThrownBy(() -> outbound.get("https://m.tb.cn/4", OURS))
                    .withMessageContaining("more than 3 times");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "http://m.tb.cn/plain",
                "https://m.tb.cn:8443/",
                "https://user@m.tb.cn/",
                "https://127.0.0.1/",
                "file:///etc/passwd",
                "//evil.example/",
                "https://m.tb.cn.evil.example/"
            })
    void a_redirect_is_checked_like_the_first_address(String elsewhere) throws Exception {
        internet.at("m.tb.cn/away", OutboundFixture.redirect(elsewhere));
        try (var outbound = internet.outbound()) {
            assertThatIOException().isThrownBy(() -> outbound.get("https://m.tb.cn/away", OURS));
            assertThat(internet.asked()).containsExactly("m.tb.cn/away");
            if (!elsewhere.startsWith("//")) {
                assertThatIOException().isThrownBy(() -> outbound.get(elsewhere, OURS));
            }
            assertThat(internet.asked()).containsExactly("m.tb.cn/away");
        }
    }

    @Test
    void the_address_that_is_connected_to_is_the_one_that_was_checked() throws Exception {
        internet.at("m.tb.cn/a", OutboundFixture.status(200, "hello"));
        try (var outbound = internet.outbound()) {
            // A second look-up would answer an address where nothing listens.
            assertThat(outbound.get("https://m.tb.cn/a", OURS).status()).isEqualTo(200);
            assertThat(internet.resolved()).containsExactly("m.tb.cn");
        }
    }

    @Test
    void an_address_that_is_not_public_is_never_connected_to() throws Exception {
        internet.at("m.tb.cn/a", OutboundFixture.status(200, "hello"));
        try (var outbound = internet.outbound(PublicAddresses::isPublic, Duration.ofSeconds(20))) {
            assertThatIOException()
                    .isThrownBy(() -> outbound.get("https://m.tb.cn/a", OURS))
                    .withMessageContaining("not public");
            assertThat(internet.asked()).isEmpty();
        }
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
        internet.at("m.tb.cn/a", OutboundFixture.status(200, "hello"));
        try (var outbound = internet.outbound(SSLContext.getDefault())) {
            assertThatIOException().isThrownBy(() -> outbound.get("https://m.tb.cn/a", OURS));
            assertThat(internet.asked()).isEmpty();
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        try (var outbound = internet.outbound()) {
            assertThatIOException().isThrownBy(() -> outbound.get("https://www.jd.com/", OURS));
            assertThat(internet.asked()).isEmpty();
        }
    }

    @Test
    void five_megabytes_are_taken_and_a_byte_more_is_not() throws Exception {
        internet.at("m.tb.cn/full", OutboundFixture.bytes(200, new byte[Outbound.MAX_BYTES]))
                .at("m.tb.cn/more", OutboundFixture.bytes(200, new byte[Outbound.MAX_BYTES + 1]));
        try (var outbound = internet.outbound()) {
            assertThat(outbound.get("https://m.tb.cn/full", OURS).body()).hasSize(Outbound.MAX_BYTES);
        }
        try (var other = new OutboundFixture()
                        .at("m.tb.cn/more", OutboundFixture.bytes(200, new byte[Outbound.MAX_BYTES + 1]));
                var outbound = other.outbound()) {
            assertThatIOException()
                    .isThrownBy(() -> outbound.get("https://m.tb.cn/more", OURS))
                    .withMessageContaining("larger than 5 MB");
        }
    }

    @Test
    void an_answer_that_does_not_come_is_given_up() throws Exception {
        var end = new CountDownLatch(1);
        internet.at("m.tb.cn/slow", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('a');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        try (var outbound = internet.outbound(InetAddress::isLoopbackAddress, Duration.ofMillis(500))) {
            assertThatIOException().isThrownBy(() -> outbound.get("https://m.tb.cn/slow", OURS));
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.1.1.1,true",
        "223.5.5.5,true",
        "2400:3200::1,true",
        "0.0.0.0,false",
        "10.1.2.3,false",
        "100.64.0.1,false",
        "100.63.255.255,true",
        "127.0.0.1,false",
        "169.254.169.254,false",
        "172.16.0.1,false",
        "172.32.0.1,true",
        "192.0.0.8,false",
        "192.0.2.1,false",
        "192.88.99.1,false",
        "192.168.1.1,false",
        "198.18.0.1,false",
        "198.51.100.1,false",
        "203.0.113.1,false",
        "224.0.0.1,false",
        "255.255.255.255,false",
        "::,false",
        "::1,false",
        "::ffff:10.0.0.1,false",
        "64:ff9b::a00:1,false",
        "fc00::1,false",
        "fe80::1,false",
        "ff02::1,false",
        "2001:db8::1,false",
        "2001:0:1::1,false",
        "2002:a00:1::1,false",
        "3fff::1,false"
    })
    void only_what_everybody_may_reach_is_public(String address, boolean isPublic) throws Exception {
        assertThat(PublicAddresses.isPublic(InetAddress.getByName(address))).isEqualTo(isPublic);
    }
}
