package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.slot.Slots;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an operator says how accounts are reached, and what never comes out again. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ConnectionsTest {

    private static final String APP_KEY = "app-key-0123456789";
    private static final String SECRET = "the-secret-of-the-account";
    private static final String SESSION = "the-session-of-the-account";

    @Inject
    World world;

    @Inject
    Slots slots;

    @Inject
    Connections connections;

    @Inject
    Connectors connectors;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    /** Other tests meet no connections of these. */
    @AfterEach
    void forget() {
        jdbi.useHandle(handle -> handle.execute("delete from marketplace_connection"));
    }

    private UUID account(Marketplace marketplace) {
        return slots.addAccount(marketplace, "a" + UUID.randomUUID(), 5, "pid_of_account")
                .id();
    }

    private static RequestSpecification operator() {
        return given().header("Authorization", "Bearer " + World.OPERATOR);
    }

    private static ValidatableResponse put(UUID account, Map<String, ?> settings) {
        return operator()
                .contentType(ContentType.JSON)
                .body(Map.of("appKey", APP_KEY, "secret", SECRET, "session", SESSION, "settings", settings))
                .put("/api/v1/connections/" + account)
                .then();
    }

    @Test
    void what_is_entered_reaches_the_connector_and_is_not_told_again() {
        var account = account(Marketplace.PDD);
        put(account, Map.of())
                .statusCode(200)
                .body("marketplace", equalTo("PDD"))
                .body("appKeyEnd", equalTo("6789"))
                .body("hasSession", is(true))
                .body("problem", nullValue());
        var connection = connections.of(account).orElseThrow();
        assertThat(connection.appKey()).isEqualTo(APP_KEY);
        assertThat(connection.secret()).isEqualTo(SECRET);
        assertThat(connection.session()).isEqualTo(SESSION);
        assertThat(connection.settings()).containsEntry("pid", "pid_of_account");
        assertThat(connections.live()).extracting(Connection::accountId).contains(account);
        assertThat(connectors.of(connection).marketplace()).isEqualTo(Marketplace.PDD);

        for (var path : new String[] {"/api/v1/connections", "/api/v1/connections/" + account}) {
            var answer = operator().get(path).then().statusCode(200).extract().asString();
            assertThat(answer)
                    .contains("6789")
                    .doesNotContain(APP_KEY)
                    .doesNotContain(SECRET)
                    .doesNotContain(SESSION);
        }
        var kept = jdbi.withHandle(handle -> handle.createQuery(
                        "select encode(content, 'escape') || ' ' || (select string_agg(a::text, ' ') from audit_entry a)"
                                + " from marketplace_connection where account_id = ?")
                .bind(0, account)
                .mapTo(String.class)
                .one());
        String everything = kept;
        assertThat(everything)
                .contains("connection-changed")
                .doesNotContain(APP_KEY)
                .doesNotContain(SECRET)
                .doesNotContain(SESSION);
        assertThat(connection).hasToString("Connection[PDD " + account + "]");
    }

    @Test
    void a_connection_is_replaced_as_a_whole_and_forgotten() {
        var account = account(Marketplace.DOUYIN);
        put(account, Map.of("interface", "buyin")).statusCode(200).body("settings.interface", equalTo("buyin"));
        assertThat(connectors
                        .of(connections.of(account).orElseThrow())
                        .getClass()
                        .getSimpleName())
                .startsWith("Buyin");
        put(account, Map.of()).statusCode(200);
        assertThat(connectors
                        .of(connections.of(account).orElseThrow())
                        .getClass()
                        .getSimpleName())
                .startsWith("Pangolin");
        operator()
                .delete("/api/v1/connections/" + account)
                .then()
                .statusCode(200)
                .body("appKeyEnd", equalTo("6789"));
        operator()
                .get("/api/v1/connections/" + account)
                .then()
                .statusCode(404)
                .body("code", equalTo("connection-unknown"));
        operator().delete("/api/v1/connections/" + account).then().statusCode(404);
        assertThat(connections.of(account)).isEmpty();
    }

    @Test
    void an_unknown_account_or_setting_is_refused_with_what_there_is() {
        put(UUID.randomUUID(), Map.of()).statusCode(404).body("code", equalTo("account-unknown"));
        var account = account(Marketplace.JD);
        put(account, Map.of("siteID", "1"))
                .statusCode(422)
                .body("code", equalTo("setting-unknown"))
                .body("detail", equalTo("JD has no setting `siteID`; it has [feedsOff, linkMethod, siteId]"));
        put(account, Map.of("linkMethod", "any")).statusCode(422).body("code", equalTo("setting-unknown"));
        operator()
                .contentType(ContentType.JSON)
                .body(Map.of("appKey", APP_KEY))
                .put("/api/v1/connections/" + account)
                .then()
                .statusCode(422)
                .body("errors.field", hasItem("secret"));
    }

    @Test
    void feeds_that_an_account_has_no_permission_for_are_named_and_orders_stay() {
        var account = account(Marketplace.TAOBAO);
        put(account, Map.of("feedsOff", "RELATION_REFUNDS_UPDATED, PUNISHMENTS"))
                .statusCode(200)
                .body("settings.feedsOff", equalTo("RELATION_REFUNDS_UPDATED, PUNISHMENTS"));
        var connection = connections.of(account).orElseThrow();
        assertThat(connectors.of(connection).feeds(connection))
                .containsExactly(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED, Feed.ORDERS_SETTLED, Feed.REFUNDS_UPDATED);
        assertThat(connections.feedsOff())
                .isEqualTo(Map.of(account, Set.of(Feed.RELATION_REFUNDS_UPDATED, Feed.PUNISHMENTS)));
        put(account, Map.of("feedsOff", "PUNISHMENTS,ALL"))
                .statusCode(422)
                .body("code", equalTo("setting-unknown"))
                .body("detail", endsWith("not [ALL]"));
        put(account, Map.of("feedsOff", "ORDERS_CREATED")).statusCode(200);
        put(account, Map.of("feedsOff", "ORDERS_UPDATED"))
                .statusCode(422)
                .body("code", equalTo("setting-unknown"))
                .body("detail", startsWith("`feedsOff` leaves ORDERS_UPDATED"));
        // Pinduoduo tells of no punishments.
        put(account(Marketplace.PDD), Map.of("feedsOff", "PUNISHMENTS"))
                .statusCode(422)
                .body("code", equalTo("setting-unknown"));
    }

    @Test
    void what_was_kept_for_one_account_does_not_open_for_another() {
        var mine = account(Marketplace.TAOBAO);
        var other = account(Marketplace.TAOBAO);
        put(mine, Map.of()).statusCode(200);
        put(other, Map.of()).statusCode(200);
        jdbi.useHandle(handle -> handle.execute(
                "update marketplace_connection c set nonce = o.nonce, content = o.content"
                        + " from marketplace_connection o where c.account_id = ? and o.account_id = ?",
                mine,
                other));
        operator()
                .get("/api/v1/connections/" + mine)
                .then()
                .statusCode(200)
                .body("appKeyEnd", nullValue())
                .body("problem", startsWith("what is kept for account " + mine));
        operator()
                .post("/api/v1/connections/" + mine + "/test")
                .then()
                .statusCode(409)
                .body("code", equalTo("secrets-unreadable"));
        assertThat(connections.live())
                .extracting(Connection::accountId)
                .contains(other)
                .doesNotContain(mine);
        operator().post("/api/v1/connections/encryption").then().statusCode(200).body("changed", is(0));
    }

    @Test
    void keys_are_rotated_without_a_restart() throws Exception {
        var account = account(Marketplace.TAOBAO);
        put(account, Map.of()).statusCode(200);
        var file = Path.of("target/test-data/secrets.key");
        Files.writeString(
                file,
                Base64.getEncoder().encodeToString(java.security.SecureRandom.getSeed(32)) + "\n",
                StandardOpenOption.APPEND);
        operator().post("/api/v1/connections/encryption").then().statusCode(200).body("changed", is(1));
        operator().post("/api/v1/connections/encryption").then().statusCode(200).body("changed", is(0));
        var lines = Files.readAllLines(file);
        Files.writeString(file, lines.getLast() + "\n");
        assertThat(connections.of(account).orElseThrow().secret()).isEqualTo(SECRET);
        Files.writeString(file, lines.getFirst() + "\n");
        operator().get("/api/v1/connections/" + account).then().statusCode(200).body("problem", not(nullValue()));
        Files.writeString(file, lines.getLast() + "\n");
    }

    @Test
    void a_test_that_fails_says_what_and_what_to_do() {
        var account = account(Marketplace.TAOBAO);
        put(account, Map.of()).statusCode(200);
        // In tests a sandbox stands in for every marketplace at which nothing listens.
        operator()
                .post("/api/v1/connections/" + account + "/test")
                .then()
                .statusCode(200)
                .body("works", is(false))
                .body("failure", equalTo("PLATFORM"))
                .body("words", startsWith("the marketplace did not answer"))
                .body("whatToDo", not(nullValue()));
        operator()
                .post("/api/v1/connections/" + UUID.randomUUID() + "/test")
                .then()
                .statusCode(404);
    }
}
