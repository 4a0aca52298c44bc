package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does before anybody else can work: people, accounts, slots. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OperatorTest {

    @Inject
    World world;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static ValidatableResponse post(String path, Object body) {
        return given().header("Authorization", "Bearer " + World.OPERATOR)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1" + path)
                .then();
    }

    private static String login() {
        return "p" + UUID.randomUUID().toString().substring(0, 8);
    }

    @Test
    void a_new_creator_gets_a_key_that_works() {
        var key = post("/people", Map.of("login", login(), "displayName", "安娜", "role", "CREATOR", "creatorName", "安娜"))
                .statusCode(201)
                .body("apiKey", startsWith("zk_"))
                .extract()
                .jsonPath()
                .getString("apiKey");
        given().header("Authorization", "Bearer " + key)
                .get("/api/v1/link-kits")
                .then()
                .statusCode(200)
                .body("items.size()", is(0));
        given().header("Authorization", "Bearer " + key)
                .post("/api/v1/people")
                .then()
                .statusCode(403);
    }

    @Test
    void a_login_is_one_persons() {
        var login = login();
        post("/people", Map.of("login", login, "displayName", "x", "role", "FINANCE"))
                .statusCode(201);
        post("/people", Map.of("login", login, "displayName", "x", "role", "FINANCE"))
                .statusCode(409)
                .body("code", equalTo("login-taken"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"login":"UPPER","displayName":"x","role":"FINANCE"}                         | login
            {"login":"somebody","displayName":"","role":"FINANCE"}                       | displayName
            {"login":"somebody","displayName":"x"}                                       | role
            {"login":"somebody","displayName":"x","role":"CREATOR"}                      | creatorName
            {"login":"somebody","displayName":"x","role":"BRAND"}                        | brandId
            {"login":"somebody","displayName":"x","role":"FINANCE","creatorName":"y"}    | creatorId
            {"login":"somebody","displayName":"x","role":"CREATOR","creatorId":"00000000-0000-0000-0000-000000000000"} | creatorId
            {"login":"somebody","displayName":"x","role":"BRAND","brandId":"00000000-0000-0000-0000-000000000000"}     | brandId
            """)
    void a_person_that_is_not_whole_is_refused(String body, String field) {
        post("/people", body).statusCode(422).body("errors[0].field", equalTo(field));
    }

    @Test
    void pids_are_added_once() {
        var account = post("/marketplace-accounts", Map.of("marketplace", "TAOBAO", "name", login()))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("id");
        var pids = Map.of("pids", List.of("mm_7_1_1", "mm_7_1_2 ", "mm_7_1_2"));
        post("/marketplace-accounts/" + account + "/slots", pids)
                .statusCode(200)
                .body("added", is(2));
        post("/marketplace-accounts/" + account + "/slots", pids)
                .body("added", is(0))
                .body("unchanged", is(2));
        post("/marketplace-accounts/" + account + "/slots", Map.of("pids", List.of("mm_7_1")))
                .statusCode(422)
                .body("code", equalTo("pid-malformed"));
        // These slots would be leased to the kits of other tests, whose orders name another account.
        world.retire(UUID.fromString(account));
    }

    @Test
    void an_account_is_refused_that_exists_or_that_can_earn_nothing() {
        post("/marketplace-accounts", Map.of("marketplace", "TAOBAO", "name", World.ACCOUNT))
                .statusCode(409)
                .body("code", equalTo("account-exists"));
        post("/marketplace-accounts", Map.of("marketplace", "XIANYU", "name", "x"))
                .statusCode(422)
                .body("code", equalTo("no-affiliate-programme"));
        assertThat(post("/marketplace-accounts/" + new UUID(0, 0) + "/slots", Map.of("pids", List.of("mm_7_1_1")))
                        .extract()
                        .statusCode())
                .isEqualTo(404);
    }
}
