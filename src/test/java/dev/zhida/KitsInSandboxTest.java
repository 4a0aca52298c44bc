package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.sandbox.Account;
import dev.zhida.sandbox.Sandbox;
import dev.zhida.slot.Slots;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the wish for a kit to the order that came through it: the jobs run as they do, the marketplaces are the sandbox's. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = KitsInSandboxTest.InSandbox.class, restrictToAnnotatedClass = true)
class KitsInSandboxTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WITHIN = Duration.ofSeconds(40);

    /** Starts the sandbox, and has the application ask it often. */
    public static final class InSandbox implements QuarkusTestResourceLifecycleManager {

        private Sandbox sandbox;

        @Override
        public Map<String, String> start() {
            try {
                sandbox = Sandbox.start(Sandbox.Options.now());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var settings = new HashMap<>(Map.of(
                    "zhida.marketplace.sandbox", sandbox.url(),
                    "zhida.produced-link.look", "1s",
                    "zhida.produced-link.back-off-first", "1s",
                    "zhida.produced-link.asked-again-after", "0s",
                    "zhida.pull.look", "1s",
                    "zhida.pull.every", "1s",
                    "zhida.pull.behind", "1s",
                    "zhida.pull.start-back", "1h",
                    "zhida.pull.overlap", "30m",
                    "zhida.marketplace.taobao.window", "3h"));
            for (var marketplace : List.of("taobao", "jd", "pdd", "douyin")) {
                settings.put("zhida.marketplace." + marketplace + ".calls-per-second", "200");
            }
            return settings;
        }

        @Override
        public void stop() {
            if (sandbox != null) {
                sandbox.close();
            }
        }
    }

    @Inject
    World world;

    @Inject
    Slots slots;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "zhida.marketplace.sandbox")
    String origin;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key).contentType(ContentType.JSON);
    }

    private void control(String path, Map<String, ?> body) throws IOException {
        given().contentType(ContentType.JSON)
                .body(JSON.writeValueAsString(body))
                .post(origin + "/control" + path)
                .then()
                .statusCode(200);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        var until = Instant.now().plus(WITHIN);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(until);
            Thread.sleep(100);
        }
    }

    private static Account sandboxAccount(Marketplace marketplace) {
        return switch (marketplace) {
            case TAOBAO -> Account.TAOBAO;
            case JD -> Account.JD;
            case PDD -> Account.PDD;
            case DOUYIN -> Account.PANGOLIN;
            case XIANYU -> throw new AssertionError();
        };
    }

    private static String item(Marketplace marketplace, String end) {
        return switch (marketplace) {
            case TAOBAO -> "68001122" + end;
            case JD -> "10001234" + end;
            case PDD -> "c9X2abcDEF_" + end;
            case DOUYIN -> "360000000000000" + end;
            case XIANYU -> throw new AssertionError();
        };
    }

    /** Once for each marketplace: the test of one leaves it as it is for the others. */
    private void connect(Marketplace marketplace) {
        if (slots.accounts().stream()
                .anyMatch(account ->
                        account.marketplace() == marketplace && account.name().equals("sandbox"))) {
            return;
        }
        var there = sandboxAccount(marketplace);
        if (marketplace == Marketplace.TAOBAO) {
            slots.accounts().stream()
                    .filter(account -> account.marketplace() == Marketplace.TAOBAO)
                    .forEach(account -> world.retire(account.id()));
        }
        var id = slots.addAccount(marketplace, "sandbox", 0, there.pid()).id();
        if (marketplace == Marketplace.TAOBAO) {
            slots.addTaobaoPids(
                    id,
                    IntStream.range(0, 50)
                            .mapToObj(i -> "mm_100200300_2000000_" + (110_000_000_100L + i))
                            .toList());
        }
        var connection = new HashMap<String, Object>(Map.of("appKey", there.appKey(), "secret", there.secret()));
        if (there.session() != null) {
            connection.put("session", there.session());
        }
        if (marketplace == Marketplace.JD) {
            connection.put("settings", Map.of("linkMethod", "bysubunionid"));
        }
        as(World.OPERATOR)
                .body(connection)
                .put("/api/v1/connections/" + id)
                .then()
                .statusCode(200);
    }

    private static JsonPath kit(Marketplace marketplace, String item) {
        return as(World.CREATOR)
                .body(Map.of(
                        "product",
                        item,
                        "marketplace",
                        marketplace,
                        "channels",
                        List.of(Map.of("platform", "QQ", "scene", "GROUP")),
                        "media",
                        List.of("LINK", "NATIVE_TOKEN")))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    private static JsonPath placement(String code) {
        return as(World.CREATOR).get("/api/v1/placements/" + code).jsonPath();
    }

    private String destination(String code) {
        return given().redirects()
                .follow(false)
                .header("User-Agent", "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1")
                .get("/r/" + code)
                .then()
                .statusCode(302)
                .extract()
                .header("Location");
    }

    @ParameterizedTest
    @EnumSource(value = Marketplace.class, names = "XIANYU", mode = EnumSource.Mode.EXCLUDE)
    void a_kit_earns_through_the_links_that_its_marketplace_made(Marketplace marketplace) throws Exception {
        connect(marketplace);
        var vendor = sandboxAccount(marketplace).vendor();
        // At first nobody is let in.
        control("/faults", Map.of("marketplace", vendor.name(), "throttlePercent", 100, "banSeconds", 1));
        var kit = kit(marketplace, item(marketplace, "5678"));
        String code = kit.getString("placements[0].code");
        String slot = kit.getString("placements[0].slot.value");
        String tokenCode = kit.getString("placements[1].code");
        String earnsNot = kit.getString("placements[0].earnsNot");
        assertThat(earnsNot)
                .isEqualTo(
                        switch (marketplace) {
                            case TAOBAO -> null;
                            case PDD -> "not-authorised-yet";
                            default -> "link-pending";
                        });
        await(
                "it was throttled",
                () -> as(World.OPERATOR)
                                .get("/api/v1/open-links")
                                .jsonPath()
                                .<Object>getList("items.findAll { it.code == '" + code + "' && it.failures > 1 }")
                                .size()
                        > 0);
        control("/faults", Map.of("marketplace", vendor.name()));

        var shown =
                switch (marketplace) {
                    case TAOBAO -> "&pid=";
                    case JD -> "subUnionId=";
                    case PDD -> "customParameters=";
                    default -> "external_info=";
                };
        await(
                "the link is the marketplace's",
                () -> URLDecoder.decode(destination(code), StandardCharsets.UTF_8)
                                .contains(shown + slot)
                        && !destination(code).contains("coupon/edetail?itemId=")
                        && placement(code).getBoolean("earns"));
        if (marketplace != Marketplace.PDD) {
            await("the token is there", () -> placement(tokenCode).get("nativeToken.text") != null);
            var posted = placement(tokenCode);
            assertThat(posted.<String>get("shareText"))
                    .contains(posted.<String>get(
                            marketplace == Marketplace.DOUYIN ? "nativeToken.text" : "nativeToken.longText"));
        }

        // A buyer pays within minutes: this one was there a quarter of an hour ago, and so was the link.
        jdbi.useHandle(h -> h.execute(
                "update slot_lease set from_at = from_at - interval '1 hour' where placement_id in"
                        + " (select id from placement where code in (?, ?))",
                code,
                tokenCode));
        var ordered = Instant.now()
                .minus(Duration.ofMinutes(15))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        for (var through : List.of(code, tokenCode)) {
            control(
                    "/orders",
                    Map.of(
                            "marketplace",
                            vendor.name(),
                            "slot",
                            placement(through).getString("slot.value"),
                            "outcome",
                            "NORMAL",
                            "at",
                            ordered,
                            "clickedAt",
                            ordered,
                            "lines",
                            1));
        }
        for (var through : List.of(code, tokenCode)) {
            await(
                    "its order is known",
                    () -> as(World.CREATOR)
                                    .get("/api/v1/orders?code=" + through)
                                    .jsonPath()
                                    .getList("items")
                                    .size()
                            == 1);
            assertThat(as(World.CREATOR)
                            .get("/api/v1/orders?code=" + through)
                            .jsonPath()
                            .<String>get("items[0].confidence"))
                    .isEqualTo("EXACT");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Marketplace.class, names = "XIANYU", mode = EnumSource.Mode.EXCLUDE)
    void an_item_that_is_not_in_the_programme_is_named(Marketplace marketplace) throws Exception {
        connect(marketplace);
        var kit = kit(marketplace, item(marketplace, "0000"));
        String code = kit.getString("placements[0].code");
        await("the reason is named", () -> "item-not-in-programme"
                .equals(placement(code).getString("earnsNot")));
        String missing = placement(kit.getString("placements[1].code")).getString("nativeTokenMissing");
        assertThat(missing).contains(marketplace == Marketplace.PDD ? "没有平台口令" : "推广计划");
    }

    @Test
    void an_account_that_is_not_let_in_is_named_and_done_when_its_connection_is_entered_anew() throws Exception {
        connect(Marketplace.JD);
        var there = Account.JD;
        var id = slots.accounts().stream()
                .filter(account -> account.marketplace() == Marketplace.JD)
                .findFirst()
                .orElseThrow()
                .id();
        var connection = new HashMap<String, Object>(Map.of(
                "appKey",
                there.appKey(),
                "secret",
                "wrong",
                "session",
                there.session(),
                "settings",
                Map.of("linkMethod", "bysubunionid")));
        as(World.OPERATOR)
                .body(connection)
                .put("/api/v1/connections/" + id)
                .then()
                .statusCode(200);
        String code = kit(Marketplace.JD, item(Marketplace.JD, "7777")).getString("placements[0].code");
        await("the reason is named", () -> "account-not-authorised"
                .equals(placement(code).getString("earnsNot")));
        connection.put("secret", there.secret());
        as(World.OPERATOR)
                .body(connection)
                .put("/api/v1/connections/" + id)
                .then()
                .statusCode(200);
        await("it earns", () -> placement(code).getBoolean("earns"));
    }
}
