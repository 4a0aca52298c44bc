package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.slot.Slots;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of pulls, and report files of marketplaces whose columns she said the meaning of. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PullsOverHttpTest {

    @Inject
    World world;

    @Inject
    Slots slots;

    @Inject
    Jdbi jdbi;

    private UUID account;

    @BeforeEach
    void prepare() {
        world.prepare();
        account = slots.addAccount(Marketplace.PDD, "http " + UUID.randomUUID());
    }

    private static RequestSpecification operator() {
        return given().header("Authorization", "Bearer " + World.OPERATOR).contentType(ContentType.JSON);
    }

    private void window(String state, int fromMinute, int untilMinute, String failure) {
        jdbi.useHandle(h -> h.createUpdate("""
                        insert into pull_window (account_id, feed, kind, from_at, covers_from, until_at, state,
                            next_attempt_at, created_at, failure, failure_kind, finished_at)
                        values (:account, 'ORDERS_UPDATED', 'LIVE', :base + :from * interval '1 minute',
                            :base + :from * interval '1 minute', :base + :until * interval '1 minute', :state, :base, :base,
                            :failure, case when :failure is null then null else 'CALLER' end,
                            case when :state = 'PENDING' then null else :base end)
                        """.replace(":base", "timestamptz '2026-03-01 12:00:00+08'"))
                .bind("account", account)
                .bind("from", fromMinute)
                .bind("until", untilMinute)
                .bind("state", state)
                .bind("failure", failure)
                .execute());
    }

    @Test
    void an_operator_sees_windows_gaps_and_failures_and_lets_them_be_tried_again() {
        window("COMPLETE", 0, 60, null);
        window("FAILED", 60, 120, "isv.something: no");
        window("COMPLETE", 120, 180, null);
        window("COMPLETE", 200, 240, null);
        operator()
                .get("/api/v1/pull-windows?account=" + account + "&limit=3")
                .then()
                .statusCode(200)
                .body("items", hasSize(3))
                .body("next", notNullValue())
                .body("dataTo", notNullValue())
                .body("items[2].failure", equalTo("isv.something: no"))
                .body("items.accountId", everyItem(equalTo(account.toString())));
        operator()
                .get("/api/v1/pull-windows?state=FAILED&account=" + account)
                .then()
                .body("items", hasSize(1))
                .body("next", nullValue());
        operator()
                .get("/api/v1/pull-windows/coverage?account=" + account)
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].alarm", equalTo(true))
                .body("items[0].coveredTo", equalTo("2026-03-01T05:00:00Z"))
                .body("items[0].gaps", hasSize(2))
                .body("items[0].gaps[0].states", equalTo(List.of("FAILED")))
                .body("items[0].gaps[1].from", equalTo("2026-03-01T07:00:00Z"))
                .body("items[0].gaps[1].states", equalTo(List.of("MISSING")));
        operator()
                .body(Map.of("accountId", account))
                .post("/api/v1/pull-windows/retries")
                .then()
                .statusCode(200)
                .body("windows", equalTo(1));
        operator()
                .get("/api/v1/pull-windows?state=PENDING&account=" + account)
                .then()
                .body("items", hasSize(1));
        jdbi.useHandle(h -> h.execute("delete from pull_window where account_id = ?", account));
    }

    @Test
    void what_cannot_be_is_refused_with_what_to_do() {
        operator()
                .get("/api/v1/pull-windows?state=DONE")
                .then()
                .statusCode(422)
                .body("errors[0].reason", containsString("COMPLETE"));
        operator()
                .body(Map.of("accountId", UUID.randomUUID()))
                .post("/api/v1/pull-windows/retries")
                .then()
                .statusCode(404);
        var wish = Map.of("accountId", account, "from", "2026-01-01T00:00:00Z", "until", "2026-02-01T00:00:00Z");
        operator()
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .body(wish)
                .post("/api/v1/pull-backfills")
                .then()
                .statusCode(422)
                .body("code", equalTo("connection-missing"));
        operator().get("/api/v1/pull-backfills/" + UUID.randomUUID()).then().statusCode(404);
        operator().get("/api/v1/pull-backfills").then().statusCode(200).body("dataTo", notNullValue());
    }

    private static int upload(String text, String account) {
        return given().header("Authorization", "Bearer " + World.OPERATOR)
                .multiPart("file", "r.csv", text.getBytes(StandardCharsets.UTF_8))
                .multiPart("marketplace", "PDD")
                .multiPart("account", account)
                .post("/api/v1/order-reports")
                .then()
                .extract()
                .statusCode();
    }

    @Test
    void a_report_is_read_by_the_mapping_that_an_operator_saved() {
        var name = "mapped " + UUID.randomUUID();
        slots.addAccount(Marketplace.PDD, name);
        var mapping = Map.of(
                "columns",
                Map.of("ORDER_NO", "订单编号", "STATUS", "状态", "PAID", "金额", "ESTIMATED", "佣金" + UUID.randomUUID()),
                "money",
                "FEN",
                "statuses",
                Map.of("已支付", "PAID"));
        var estimated = ((Map<?, ?>) mapping.get("columns")).get("ESTIMATED");
        int version = operator()
                .body(mapping)
                .put("/api/v1/report-mappings/PDD")
                .then()
                .statusCode(200)
                .extract()
                .path("version");
        // The same again is the same version.
        operator().body(mapping).put("/api/v1/report-mappings/PDD").then().body("version", equalTo(version));
        operator().get("/api/v1/report-mappings/PDD").then().statusCode(200).body("money", equalTo("FEN"));

        var orderNo = "260301-" + Math.abs(UUID.randomUUID().getMostSignificantBits());
        assertThat(upload("订单编号,状态,金额," + estimated + "\n" + orderNo + ",已支付,1234,100\n", name))
                .isEqualTo(200);
        operator()
                .get("/api/v1/orders?marketplace=PDD")
                .then()
                .body("items.find { it.orderNo == '" + orderNo + "' }.paidFen", equalTo(1_234));
        assertThat(upload("订单编号,状态,金额\n" + orderNo + ",已支付,1234\n", name)).isEqualTo(422);

        operator()
                .body(Map.of("columns", Map.of("ORDER_NO", "x"), "statuses", Map.of("a", "PAID")))
                .put("/api/v1/report-mappings/PDD")
                .then()
                .statusCode(422)
                .body("errors", hasSize(3));
        operator().body(mapping).put("/api/v1/report-mappings/TAOBAO").then().statusCode(422);
        operator().get("/api/v1/report-mappings/EBAY").then().statusCode(404);
    }
}
