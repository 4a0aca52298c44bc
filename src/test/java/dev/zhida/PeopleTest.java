package dev.zhida;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets in, who no more: keys that are lost, leaked or renewed, people who come and leave. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PeopleTest {

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

    @Inject
    World world;

    @Inject
    Jdbi jdbi;

    /** Somebody with her first key. */
    private record Somebody(String id, String login, String key) {}

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static ValidatableResponse ask(String key, String method, String path, Object body) {
        var request = given().header("Authorization", "Bearer " + key);
        return (body == null ? request : request.contentType(ContentType.JSON).body(body))
                .request(method, "/api/v1/people" + path)
                .then();
    }

    private static ValidatableResponse operator(String method, String path) {
        return ask(World.OPERATOR, method, path, null);
    }

    private static String login() {
        return "p" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static Somebody somebody(String role) {
        var login = login();
        var made = ask(World.OPERATOR, "POST", "", Map.of("login", login, "displayName", "小梅", "role", role))
                .statusCode(201)
                .extract()
                .jsonPath();
        return new Somebody(made.getString("id"), login, made.getString("apiKey"));
    }

    private static int status(String key) {
        return ask(key, "GET", "/me", null).extract().statusCode();
    }

    /** The ids of her keys, as the lists tell them. */
    private static List<String> keys(Somebody her) {
        return operator("GET", "?login=" + her.login()).extract().jsonPath().getList("items[0].keys.id");
    }

    private List<String> audit(Somebody her) {
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                                select a.action || ' by ' || p.login from audit_entry a join person p on p.id = a.person_id
                                where a.subject = 'person/' || :id order by a.id
                                """).bind("id", her.id()).mapTo(String.class).list());
    }

    @Test
    void a_key_that_leaked_opens_nothing_once_it_is_revoked() {
        var finance = somebody("FINANCE");
        var payouts = given().header("Authorization", "Bearer " + finance.key());
        payouts.get("/api/v1/payouts").then().statusCode(200);

        var path = "/" + finance.id() + "/keys/" + keys(finance).getFirst();
        String revokedAt = operator("DELETE", path)
                .statusCode(200)
                .body("name", equalTo("first"))
                .body("revokedAt", notNullValue())
                .extract()
                .path("revokedAt");

        payouts.get("/api/v1/payouts").then().statusCode(401).body("code", equalTo("unauthenticated"));
        operator("DELETE", path).statusCode(200).body("revokedAt", equalTo(revokedAt));
        operator("GET", "?login=" + finance.login())
                .statusCode(200)
                .body("items[0].keys[0].revokedAt", equalTo(revokedAt));
        assertThat(audit(finance))
                .containsExactly(
                        "person-added by " + World.OPERATOR,
                        "key-added by " + World.OPERATOR,
                        "key-revoked by " + World.OPERATOR);
    }

    @Test
    void who_lost_her_key_gets_another_that_is_shown_once() {
        var auditor = somebody("AUDITOR");
        var key = ask(World.OPERATOR, "POST", "/" + auditor.id() + "/keys", Map.of("name", " laptop "))
                .statusCode(201)
                .body("name", equalTo("laptop"))
                .body("apiKey", startsWith("zk_"))
                .extract()
                .jsonPath();

        assertThat(status(key.getString("apiKey"))).isEqualTo(200);
        assertThat(status(auditor.key())).isEqualTo(200);
        var listed = operator("GET", "?login=" + auditor.login())
                .statusCode(200)
                .body("items.size()", is(1))
                .body("items[0].id", equalTo(auditor.id()))
                .body("items[0].displayName", equalTo("小梅"))
                .body("items[0].role", equalTo("AUDITOR"))
                .body("items[0].creatorId", nullValue())
                .body("items[0].disabledAt", nullValue())
                .body("items[0].keys.name", contains("laptop", "first"))
                .body("items[0].keys[0].id", equalTo(key.getString("id")))
                .extract()
                .asString();
        assertThat(listed).doesNotContain("zk_", "hash");
        assertThat(audit(auditor)).endsWith("key-added by " + World.OPERATOR);
    }

    @Test
    void who_leaves_gets_in_no_more_and_who_comes_back_does() {
        var finance = somebody("FINANCE");
        String disabledAt = operator("POST", "/" + finance.id() + "/disable")
                .statusCode(200)
                .body("disabledAt", notNullValue())
                .extract()
                .path("disabledAt");
        assertThat(status(finance.key())).isEqualTo(401);
        operator("POST", "/" + finance.id() + "/disable").statusCode(200).body("disabledAt", equalTo(disabledAt));

        operator("POST", "/" + finance.id() + "/enable").statusCode(200).body("disabledAt", nullValue());
        operator("POST", "/" + finance.id() + "/enable").statusCode(200);
        assertThat(status(finance.key())).isEqualTo(200);
        assertThat(audit(finance))
                .endsWith("person-disabled by " + World.OPERATOR, "person-enabled by " + World.OPERATOR)
                .hasSize(4);
    }

    @Test
    void everybody_renews_her_own_key_and_nobody_elses() {
        var brand = World.BRAND;
        var old = somebody("AUDITOR");
        var renewed = ask(old.key(), "POST", "/me/keys", Map.of("name", "second"))
                .statusCode(201)
                .extract()
                .jsonPath();
        String first = keys(old).getLast();

        ask(brand, "DELETE", "/me/keys/" + first, null).statusCode(404).body("code", equalTo("key-not-found"));
        ask(brand, "DELETE", "/" + old.id() + "/keys/" + first, null).statusCode(403);
        ask(brand, "POST", "/" + old.id() + "/keys", Map.of("name", "mine")).statusCode(403);
        assertThat(status(old.key())).isEqualTo(200);

        ask(renewed.getString("apiKey"), "DELETE", "/me/keys/" + first, null).statusCode(200);
        assertThat(status(old.key())).isEqualTo(401);
        ask(renewed.getString("apiKey"), "GET", "/me", null)
                .statusCode(200)
                .body("login", equalTo(old.login()))
                .body("keys.name", contains("second", "first"))
                .body("keys.revokedAt", contains(nullValue(), notNullValue()));
        // The last one of her who is no operator may go: an operator gives her another.
        ask(renewed.getString("apiKey"), "DELETE", "/me/keys/" + renewed.getString("id"), null)
                .statusCode(200);
        assertThat(status(renewed.getString("apiKey"))).isEqualTo(401);
        assertThat(audit(old))
                .endsWith(
                        "key-added by " + old.login(),
                        "key-revoked by " + old.login(),
                        "key-revoked by " + old.login());
    }

    @Test
    void nobody_has_more_keys_in_force_than_she_may() {
        var her = somebody("AUDITOR");
        for (var i = 2; i <= 20; i++) {
            ask(her.key(), "POST", "/me/keys", Map.of("name", "key " + i)).statusCode(201);
        }
        ask(her.key(), "POST", "/me/keys", Map.of("name", "one too many"))
                .statusCode(409)
                .body("code", equalTo("too-many-keys"));
        ask(her.key(), "DELETE", "/me/keys/" + keys(her).getFirst(), null).statusCode(200);
        ask(her.key(), "POST", "/me/keys", Map.of("name", "in its place")).statusCode(201);
    }

    @Test
    void who_is_not_there_is_not_found() {
        var her = somebody("AUDITOR");
        for (var path : List.of("/disable", "/enable")) {
            operator("POST", "/" + NOBODY + path).statusCode(404).body("code", equalTo("person-not-found"));
        }
        ask(World.OPERATOR, "POST", "/" + NOBODY + "/keys", Map.of("name", "x"))
                .statusCode(404)
                .body("code", equalTo("person-not-found"));
        operator("DELETE", "/" + NOBODY + "/keys/" + keys(her).getFirst())
                .statusCode(404)
                .body("code", equalTo("person-not-found"));
        operator("DELETE", "/" + her.id() + "/keys/" + NOBODY).statusCode(404).body("code", equalTo("key-not-found"));
        ask(World.OPERATOR, "POST", "/" + her.id() + "/keys", Map.of("name", " "))
                .statusCode(422)
                .body("errors[0].field", equalTo("name"));
        operator("GET", "?login=" + login()).statusCode(200).body("items.size()", is(0));
    }

    @Test
    void people_are_listed_newest_first_and_page_by_page() {
        var first = somebody("AUDITOR");
        var second = somebody("AUDITOR");
        var page = operator("GET", "?limit=1")
                .statusCode(200)
                .body("items.id", contains(second.id()))
                .body("items[0].keys.size()", is(1))
                .body("next", notNullValue())
                .extract()
                .jsonPath();
        operator("GET", "?limit=1&cursor=" + page.getString("next"))
                .statusCode(200)
                .body("items.id", contains(first.id()));
    }

    @Test
    void of_requests_for_one_login_at_the_same_time_one_is_fulfilled() throws Exception {
        var request = Map.of("login", login(), "displayName", "x", "role", "AUDITOR");
        assertThat(atOnce(Stream.generate(() -> (Callable<Integer>) () -> ask(World.OPERATOR, "POST", "", request)
                                .extract()
                                .statusCode())
                        .limit(8)
                        .toList()))
                .containsOnlyOnce(201)
                .containsOnly(201, 409);
    }

    @Test
    void the_last_operator_who_can_get_in_stays() throws Exception {
        var last = somebody("OPERATOR");
        asTheOnlyOperators(List.of(last), () -> {
            ask(last.key(), "POST", "/" + last.id() + "/disable", null)
                    .statusCode(409)
                    .body("code", equalTo("last-operator"));
            String first = ask(last.key(), "GET", "/me", null)
                    .body("disabledAt", nullValue())
                    .extract()
                    .path("keys[0].id");
            ask(last.key(), "DELETE", "/me/keys/" + first, null).statusCode(409).body("code", equalTo("last-operator"));
            ask(last.key(), "DELETE", "/" + last.id() + "/keys/" + first, null).statusCode(409);

            var second = ask(last.key(), "POST", "/me/keys", Map.of("name", "second"))
                    .statusCode(201)
                    .extract()
                    .jsonPath();
            ask(last.key(), "DELETE", "/me/keys/" + second.getString("id"), null)
                    .statusCode(200);
            ask(last.key(), "POST", "/me/keys", Map.of("name", "third")).statusCode(201);
            ask(last.key(), "DELETE", "/me/keys/" + first, null).statusCode(200);
            assertThat(status(last.key())).isEqualTo(401);
            return null;
        });
        assertThat(audit(last)).doesNotContain("person-disabled by " + last.login());
    }

    @Test
    void of_the_last_two_operators_who_disable_each_other_one_stays() throws Exception {
        var one = somebody("OPERATOR");
        var other = somebody("OPERATOR");
        asTheOnlyOperators(List.of(one, other), () -> {
            List<Integer> answers;
            // Both are let in and wait for the same rows, so that neither sees what the other does.
            try (var handle = jdbi.open();
                    var both = Executors.newFixedThreadPool(2)) {
                handle.begin();
                handle.execute("select id from person where role = 'OPERATOR' for update");
                var first = both.submit(() -> ask(one.key(), "POST", "/" + other.id() + "/disable", null)
                        .extract()
                        .statusCode());
                var second = both.submit(() -> ask(other.key(), "POST", "/" + one.id() + "/disable", null)
                        .extract()
                        .statusCode());
                awaitTwoWhoWait();
                handle.commit();
                answers = List.of(first.get(30, SECONDS), second.get(30, SECONDS));
            }
            assertThat(answers).containsExactlyInAnyOrder(200, 409);
            assertThat(List.of(status(one.key()), status(other.key()))).containsExactlyInAnyOrder(200, 401);
            return null;
        });
    }

    private void awaitTwoWhoWait() throws InterruptedException {
        var until = Instant.now().plus(Duration.ofSeconds(20));
        while (Instant.now().isBefore(until)) {
            int waiting = jdbi.withHandle(
                    handle -> handle.createQuery("""
                            select count(*) from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock' and query like '%person%'
                            """).mapTo(Integer.class).one());
            if (waiting == 2) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("two requests should wait for the rows of operators");
    }

    /** Runs while all other operators are disabled, who are enabled afterwards. */
    private void asTheOnlyOperators(List<Somebody> operators, Callable<Void> work) throws Exception {
        var ids = operators.stream().map(Somebody::id).toList();
        var others = new ArrayList<String>();
        var cursor = "";
        while (cursor != null) {
            var page = ask(operators.getFirst().key(), "GET", "?limit=200&cursor=" + cursor, null)
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            others.addAll(page.getList("items.findAll { it.role == 'OPERATOR' && it.disabledAt == null }.id"));
            cursor = page.getString("next");
        }
        others.removeAll(ids);
        assertThat(others).isNotEmpty();
        try {
            for (var id : others) {
                ask(operators.getFirst().key(), "POST", "/" + id + "/disable", null)
                        .statusCode(200);
            }
            operator("GET", "").statusCode(401);
            work.call();
        } finally {
            // Not over HTTP: it has to come about whatever failed.
            jdbi.useHandle(handle -> handle.createUpdate(
                            "update person set disabled_at = null where id = any(cast(:ids as uuid[]))")
                    .bindArray("ids", String.class, others)
                    .execute());
        }
        operator("GET", "").statusCode(200);
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        try (var callers = Executors.newFixedThreadPool(calls.size())) {
            var answers = new ArrayList<T>();
            for (var answer : callers.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }
}
