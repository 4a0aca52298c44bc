package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.marketplace.MarketplaceFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one place that asks, and the one way out that it goes. */
class CallsTest {

    private final VendorFixture vendor = new VendorFixture();
    private final Connection connection = vendor.connection(Marketplace.PDD, "/x", Map.of());

    @AfterEach
    void close() {
        vendor.close();
    }

    private String ask(Calls calls) {
        return calls.ask(
                connection, "m", Calls.Request.form(connection.gateway(), Map.of("a", "1")), answer -> answer.path("b")
                        .asText());
    }

    private static void assertKind(Throwable thrown, Kind kind) {
        assertThat(((MarketplaceFailure) thrown).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "429,THROTTLED",
        "401,NOT_AUTHORISED",
        "403,NOT_AUTHORISED",
        "400,CALLER",
        "405,CALLER",
        "413,CALLER",
        "414,CALLER",
        "415,CALLER",
        "422,CALLER",
        "404,PLATFORM",
        "408,PLATFORM",
        "500,PLATFORM",
        "503,PLATFORM",
        "302,PLATFORM"
    })
    void what_is_no_answer_says_what_to_do(int status, Kind kind) {
        vendor.answering(asked -> new VendorFixture.Reply(status, ""));
        assertThatThrownBy(() -> ask(vendor.calls())).satisfies(thrown -> assertKind(thrown, kind));
    }

    @Test
    void no_json_no_server_and_no_time_are_the_platforms_fault() {
        vendor.answering("<html>");
        assertThatThrownBy(() -> ask(vendor.calls())).satisfies(thrown -> assertKind(thrown, Kind.PLATFORM));
        vendor.answering(asked -> {
            try {
                Thread.sleep(3_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new VendorFixture.Reply(200, "{}");
        });
        assertThatThrownBy(() -> ask(vendor.calls()))
                .satisfies(thrown -> assertKind(thrown, Kind.PLATFORM))
                .hasMessageContaining("2000 ms");
        vendor.stop();
        assertThatThrownBy(() -> ask(vendor.calls())).satisfies(thrown -> assertKind(thrown, Kind.PLATFORM));
    }

    @Test
    void an_account_is_left_alone_when_most_calls_fail_and_others_are_not() {
        vendor.answering(asked -> new VendorFixture.Reply(500, ""));
        var calls = vendor.calls();
        for (var i = 0; i < 10; i++) {
            assertThatThrownBy(() -> ask(calls)).hasMessageContaining("HTTP 500");
        }
        assertThatThrownBy(() -> ask(calls)).isInstanceOfSatisfying(MarketplaceFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.PLATFORM);
            assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        });
        assertThat(vendor.asked()).hasSize(10);
        var other = vendor.connection(Marketplace.PDD, "/x", Map.of());
        assertThatThrownBy(() -> calls.ask(
                        other,
                        "m",
                        Calls.Request.json(other.gateway(), "{}"),
                        com.fasterxml.jackson.databind.JsonNode::asText))
                .hasMessageContaining("HTTP 500");
        assertThat(vendor.metrics()
                        .get("zhida.marketplace.calls")
                        .tag("marketplace", "PDD")
                        .tag("outcome", "platform")
                        .timer()
                        .count())
                .isEqualTo(12);
    }

    @Test
    void our_own_mistakes_make_no_break() {
        vendor.answering(asked -> new VendorFixture.Reply(400, ""));
        var calls = vendor.calls();
        for (var i = 0; i < 30; i++) {
            assertThatThrownBy(() -> ask(calls)).hasMessageContaining("HTTP 400");
        }
        vendor.answering("{\"b\":\"c\"}");
        assertThat(ask(calls)).isEqualTo("c");
    }

    @Test
    void an_account_is_not_asked_more_often_than_it_may() {
        vendor.answering("{\"b\":\"c\"}").allowing(20);
        var calls = vendor.calls();
        var start = System.nanoTime();
        for (var i = 0; i < 11; i++) {
            ask(calls);
        }
        // The first goes at once, ten more wait a twentieth of a second each; the first period may be half over.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(440));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1/x",
                "http://localhost:%d/x",
                "http://user@127.0.0.1:%d/x",
                "http://eco.taobao.com/router/rest",
                "https://127.0.0.1:%d/x",
                "https://evil.example/x"
            })
    void nothing_but_the_very_origin_of_the_sandbox_is_posted_to_without_tls(String url) {
        var port = vendor.origin().getPort();
        assertThatIOException().isThrownBy(() -> vendor.outbound()
                .post(url.contains("%d") ? url.formatted(port) : url, "text/plain", new byte[0], host -> false));
        assertThat(vendor.asked()).isEmpty();
    }

    @Test
    void without_a_sandbox_nothing_is_posted_to_without_tls() throws Exception {
        try (var outbound = new Outbound(Outbound.internet())) {
            assertThatIOException()
                    .isThrownBy(() -> outbound.post(
                            vendor.origin().resolve("/x").toString(), "text/plain", new byte[0], host -> true));
        }
        assertThat(vendor.asked()).isEmpty();
    }

    @Test
    void the_sandbox_stands_in_for_every_gateway() {
        var sandboxed = new Gateways(vendor.config());
        var buyin = Map.of("interface", "buyin");
        assertThat(sandboxed.of(Marketplace.TAOBAO, Map.of()))
                .isEqualTo(vendor.origin().resolve("/taobao/router/rest"));
        assertThat(sandboxed.of(Marketplace.JD, Map.of()))
                .isEqualTo(vendor.origin().resolve("/jd/routerjson"));
        assertThat(sandboxed.of(Marketplace.PDD, Map.of()))
                .isEqualTo(vendor.origin().resolve("/pdd/api/router"));
        assertThat(sandboxed.of(Marketplace.DOUYIN, Map.of()).resolve("order/search"))
                .isEqualTo(vendor.origin().resolve("/pangolin/order/search"));
        assertThat(sandboxed.of(Marketplace.DOUYIN, buyin).resolve("buyin/kolProductShare"))
                .isEqualTo(vendor.origin().resolve("/buyin/buyin/kolProductShare"));
        assertThat(URI.create("https://openapi-fxg.jinritemai.com/").getHost()).isIn(Gateways.HOSTS);
    }
}
