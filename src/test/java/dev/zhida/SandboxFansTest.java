package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.zhida.sandbox.Sandbox;
import dev.zhida.sandbox.Vendor;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sandbox's people at a real Zhida: what they do is recorded, and what they buy names the slot. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class SandboxFansTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    World world;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static JsonPath kit(String item) {
        return given().header("Authorization", "Bearer " + World.CREATOR)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "product",
                        "https://item.taobao.com/item.htm?id=" + item,
                        "channels",
                        List.of(Map.of("platform", "WECHAT", "scene", "GROUP")),
                        "media",
                        List.of("LINK", "TOKEN")))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    @Test
    void people_click_read_copy_paste_and_buy_through_the_slot_that_they_saw()
            throws IOException, InterruptedException {
        var item =
                Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L) / 10 * 10 + 7);
        var kit = kit(item);
        try (var sandbox = Sandbox.start(Sandbox.Options.now())) {
            given().contentType(ContentType.JSON)
                    .body(Map.of(
                            "zhida",
                            "http://127.0.0.1:" + RestAssured.port,
                            "placements",
                            List.of(
                                    placement("code", kit.getString("placements[0].code"), kit, 0, item),
                                    placement("token", kit.getString("placements[1].token"), kit, 1, item))))
                    .post(sandbox.url() + "/control/fans")
                    .then()
                    .statusCode(200);
            var walked = awaitTheEnd(sandbox);

            assertThat(walked.getInt("failures")).isZero();
            assertThat(walked.getInt("clicks")).isEqualTo(30);
            assertThat(walked.getInt("pastes")).isEqualTo(30);
            assertThat(walked.getInt("landings")).isPositive();
            assertThat(walked.getInt("copies")).isBetween(1, walked.getInt("landings"));
            assertThat(walked.getInt("orders")).isBetween(1, 59);
            given().header("Authorization", "Bearer " + World.CREATOR)
                    .get("/api/v1/placements/" + kit.getString("placements[1].code") + "/touches")
                    .then()
                    .body("total", equalTo(30));
            sandbox.clock().advance(Duration.ofHours(1));
            var truth = given().get(sandbox.url() + "/control/truth?marketplace=" + Vendor.TAOBAO)
                    .asString();
            assertThat(truth.lines().count()).isGreaterThanOrEqualTo(walked.getInt("orders"));
            assertThat(truth)
                    .contains("\"slot\":\"" + kit.getString("placements[0].slot.value") + "\"")
                    .contains("\"slot\":\"" + kit.getString("placements[1].slot.value") + "\"")
                    .contains("\"itemId\":\"" + item + "\"");
        }
    }

    private static Map<String, Object> placement(String by, String what, JsonPath kit, int index, String item) {
        return Map.of(
                by,
                what,
                "people",
                30,
                "buyPercent",
                50,
                "marketplace",
                "TAOBAO",
                "slot",
                kit.getString("placements[" + index + "].slot.value"),
                "itemId",
                item);
    }

    private static JsonPath awaitTheEnd(Sandbox sandbox) throws InterruptedException {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var counts = given().get(sandbox.url() + "/control/fans").jsonPath();
            if (!counts.getBoolean("walking") || System.nanoTime() > until) {
                assertThat(counts.getBoolean("walking")).isFalse();
                return counts;
            }
            Thread.sleep(50);
        }
    }
}
