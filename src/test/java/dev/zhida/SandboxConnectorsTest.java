package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.ProducedLink;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.sandbox.Account;
import dev.zhida.sandbox.Sandbox;
import dev.zhida.sandbox.Vendor;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connectors at the sandbox, which was written apart from them: both understand the vendors the same way. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = SandboxConnectorsTest.InSandbox.class, restrictToAnnotatedClass = true)
class SandboxConnectorsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES = 800;
    private static final int DAYS = 62;

    /** Starts the sandbox, and points the application at it. */
    public static final class InSandbox implements QuarkusTestResourceLifecycleManager {

        private Sandbox sandbox;

        @Override
        public Map<String, String> start() {
            try {
                sandbox = Sandbox.start(Sandbox.Options.now());
                return Map.of(
                        "zhida.marketplace.sandbox", sandbox.url(),
                        "zhida.marketplace.taobao.calls-per-second", "1000",
                        "zhida.marketplace.taobao.window", "3h",
                        "zhida.marketplace.jd.calls-per-second", "1000",
                        "zhida.marketplace.pdd.calls-per-second", "1000",
                        "zhida.marketplace.douyin.calls-per-second", "1000");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void stop() {
            if (sandbox != null) {
                sandbox.close();
            }
        }
    }

    @Inject
    Connectors connectors;

    @ConfigProperty(name = "zhida.marketplace.sandbox")
    URI origin;

    private Connection connection(Vendor vendor, String secret) {
        return switch (vendor) {
            case TAOBAO -> connection(Marketplace.TAOBAO, "/taobao/router/rest", Account.TAOBAO, secret, Map.of());
            case JD -> connection(Marketplace.JD, "/jd/routerjson", Account.JD, secret, Map.of("siteId", "4100000001"));
            case PDD -> connection(Marketplace.PDD, "/pdd/api/router", Account.PDD, secret, Map.of());
            case PANGOLIN -> connection(Marketplace.DOUYIN, "/pangolin/", Account.PANGOLIN, secret, Map.of());
            case BUYIN ->
                connection(Marketplace.DOUYIN, "/buyin/", Account.BUYIN, secret, Map.of("interface", "buyin"));
        };
    }

    private Connection connection(
            Marketplace marketplace, String path, Account account, String secret, Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.put("pid", account.pid());
        return new Connection(
                UUID.randomUUID(),
                marketplace,
                origin.resolve(path),
                account.appKey(),
                secret == null ? account.secret() : secret,
                account.session(),
                all);
    }

    private static String slot(Vendor vendor) {
        return switch (vendor) {
            case TAOBAO -> "mm_100200300_2000001_110000000007";
            case JD, PANGOLIN, BUYIN -> "z_7Kq2";
            case PDD -> "{\"uid\":\"u_7Kq2\",\"sid\":\"微信群1\"}";
        };
    }

    private static SlotKind kind(Vendor vendor) {
        return switch (vendor) {
            case TAOBAO -> SlotKind.TAOBAO_PID;
            case JD -> SlotKind.JD_SUB_UNION;
            case PDD -> SlotKind.PDD_CUSTOM_PARAMETERS;
            case PANGOLIN, BUYIN -> SlotKind.DOUYIN_EXTERNAL_INFO;
        };
    }

    private void control(String path, String body) {
        RestAssured.given()
                .contentType(ContentType.JSON)
                .body(body)
                .post(origin + "/control" + path)
                .then()
                .statusCode(200);
    }

    /** Reads a feed to its end, in shorter windows where the marketplace wants them. */
    private static List<FeedPage> read(
            Connector connector, Connection connection, Feed feed, Instant from, Instant until) {
        var pages = new ArrayList<FeedPage>();
        var length = connector.widest(feed);
        for (var at = from; at.isBefore(until); ) {
            var window = new ArrayList<FeedPage>();
            try {
                String cursor = null;
                do {
                    window.add(connector.page(connection, feed, at, at.plus(length), cursor));
                    cursor = window.getLast().next();
                } while (cursor != null);
            } catch (MarketplaceFailure e) {
                assertThat(e.kind())
                        .isIn(MarketplaceFailure.Kind.WINDOW_TOO_LONG, MarketplaceFailure.Kind.TOO_MANY_ROWS);
                length = Duration.ofSeconds(length.toSeconds() / 2);
                continue;
            }
            pages.addAll(window);
            at = at.plus(length);
            length = connector.widest(feed);
        }
        assertThat(pages).allSatisfy(page -> assertThat(page.unreadable()).isEmpty());
        return pages;
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void what_a_connector_reads_is_the_truth(Vendor vendor) throws IOException {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        control(
                "/world",
                JSON.writeValueAsString(Map.of(
                        "marketplace", vendor.name(),
                        "from", now.minus(Duration.ofDays(DAYS - 1)).toString(),
                        "until", now.minus(Duration.ofDays(18)).toString(),
                        "lines", LINES,
                        "slots", List.of(Map.of("value", slot(vendor))))));
        var connection = connection(vendor, null);
        var connector = connectors.of(connection);
        var seen = new HashMap<String, Observation>();
        var from = now.minus(Duration.ofDays(DAYS));
        var until = now.plusSeconds(60);
        read(connector, connection, Feed.ORDERS_UPDATED, from, until).forEach(page -> page.orders()
                .forEach(one -> seen.merge(
                        one.lineKey(), one, (before, after) -> before.asOf().isAfter(after.asOf()) ? before : after)));

        var truth = new HashMap<String, JsonNode>();
        for (var line : RestAssured.get(origin + "/control/truth?marketplace=" + vendor.name())
                .asString()
                .split("\n")) {
            var node = JSON.readTree(line);
            truth.put("A:" + node.path("key").asText(), node);
        }
        assertThat(seen.keySet()).isEqualTo(truth.keySet());
        var differences = new ArrayList<String>();
        seen.forEach((key, one) -> {
            var line = truth.get(key);
            var settled =
                    one.settled() == null ? "null" : Long.toString(one.settled().fen());
            var read = one.status() + " " + one.estimated().fen() + " " + settled + " "
                    + one.slot().value();
            var expected = line.path("status").asText() + " "
                    + line.path("estimatedGrossFen").asText() + " "
                    + line.path("settledGrossFen").asText() + " "
                    + (vendor == Vendor.TAOBAO ? "2000001_110000000007" : slot(vendor));
            if (!read.equals(expected)
                    || one.status() == OrderStatus.SETTLED
                            && one.fee() != null
                            && one.fee().fen() != line.path("feeFen").asLong()) {
                differences.add(key + ": " + read + " fee " + one.fee() + " instead of " + line + " of " + one.raw());
            }
        });
        assertThat(differences).isEmpty();
        if (vendor == Vendor.TAOBAO) {
            var refunds = new HashMap<String, RefundObservation>();
            read(connector, connection, Feed.REFUNDS_UPDATED, from, until)
                    .forEach(page -> page.refunds().forEach(one -> refunds.put(one.refundId(), one)));
            assertThat(refunds.values().stream().map(SandboxConnectorsTest::words))
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(truth.values().stream()
                            .flatMap(SandboxConnectorsTest::refunds)
                            .toList());
        }
    }

    private static String words(RefundObservation refund) {
        return refund.lineKey() + " " + refund.statusText() + " "
                + refund.refunded().fen() + " " + refund.commission().fen() + " "
                + refund.fee().fen();
    }

    private static Stream<String> refunds(JsonNode line) {
        return line.path("refunds")
                .valueStream()
                .map(refund -> "A:" + line.path("key").asText() + " "
                        + refund.path("status").asText() + " "
                        + refund.path("refundedFen").asText() + " "
                        + refund.path("commissionFen").asText() + " "
                        + refund.path("feeFen").asText());
    }

    @ParameterizedTest
    @EnumSource(value = Vendor.class, names = "BUYIN", mode = EnumSource.Mode.EXCLUDE)
    void a_link_carries_the_slot_and_an_item_is_found(Vendor vendor) throws IOException {
        if (vendor == Vendor.TAOBAO) {
            control("/pids", JSON.writeValueAsString(Map.of("pids", List.of(slot(vendor)))));
        }
        var connection = connection(vendor, null);
        var connector = connectors.of(connection);
        assertThat(connector.test(connection)).isNotEmpty();
        var item = ItemReference.of(
                connection.marketplace(),
                switch (vendor) {
                    case TAOBAO -> "AbC-680011223344";
                    case JD -> "100012345678";
                    case PDD -> "c9X2abcDEF_demo";
                    case PANGOLIN, BUYIN -> "3600000000000000001";
                });
        var made = connector.link(connection, new Connector.LinkWish(item, kind(vendor), slot(vendor), true));
        assertThat(ProducedLink.objection(
                        made.url(),
                        item,
                        kind(vendor),
                        slot(vendor),
                        connection.settings().get("pid")))
                .isEmpty();
        assertThat(connector.item(connection, item))
                .hasValueSatisfying(facts -> assertThat(facts.commission()).isNotNull());
        if (vendor == Vendor.TAOBAO) {
            var plain = ItemReference.of(Marketplace.TAOBAO, "680011223344");
            assertThat(connector
                            .link(connection, new Connector.LinkWish(plain, kind(vendor), slot(vendor), true))
                            .url())
                    .contains(slot(vendor));
            assertThat(connector.tokenCounts(connection, made.token())).isPresent();
            connector.tokenRisks(connection);
        }
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void failures_are_of_the_kind_that_they_are(Vendor vendor) {
        var connection = connection(vendor, "wrong");
        var connector = connectors.of(connection);
        assertThatThrownBy(() -> connector.test(connection))
                .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(MarketplaceFailure.Kind.NOT_AUTHORISED));
        var right = connection(vendor, null);
        control("/faults", "{\"marketplace\": \"" + vendor + "\", \"throttlePercent\": 100, \"banSeconds\": 2}");
        assertThatThrownBy(() -> connector.test(right))
                .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(MarketplaceFailure.Kind.THROTTLED));
        control("/faults", "{\"marketplace\": \"" + vendor + "\", \"errorPercent\": 100}");
        assertThatThrownBy(() -> connector.test(right))
                .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(MarketplaceFailure.Kind.PLATFORM));
        control("/faults", "{\"marketplace\": \"" + vendor + "\"}");
        var late = Instant.now().minus(Duration.ofDays(91)).truncatedTo(ChronoUnit.SECONDS);
        assertThatThrownBy(() -> connector.page(right, Feed.ORDERS_UPDATED, late, late.plusSeconds(60), null))
                .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(MarketplaceFailure.Kind.TOO_LATE));
        if (vendor == Vendor.TAOBAO || vendor == Vendor.JD || vendor == Vendor.PDD) {
            var from = Instant.now().minus(Duration.ofDays(88)).truncatedTo(ChronoUnit.SECONDS);
            assertThatThrownBy(() ->
                            connector.page(right, Feed.ORDERS_UPDATED, from, from.plus(Duration.ofHours(25)), null))
                    .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> assertThat(failure.kind())
                            .isEqualTo(MarketplaceFailure.Kind.WINDOW_TOO_LONG));
        }
    }
}
