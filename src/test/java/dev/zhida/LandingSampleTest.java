package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.experiment.Split;
import dev.zhida.money.BusinessTime;
import dev.zhida.touch.TouchInbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Some people who would be sent straight on are shown the page, so that the watch sees whether links open there. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(LandingSampleTest.Sampling.class)
class LandingSampleTest {

    private static final String QQ = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 QQ/9.0.65.601 V1_IPH_SQ_9.0.65_1_APP_A";
    private static final String SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    private static final double SHARE = 0.3;

    /** More than in production, so that few people are enough. */
    public static class Sampling implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("zhida.edge.landing-sample", Double.toString(SHARE));
        }
    }

    @Inject
    World world;

    @Inject
    TouchInbox inbox;

    @Inject
    Jdbi jdbi;

    private String code;
    private final LocalDate day = BusinessTime.dayOf(Instant.now());

    @BeforeEach
    void aLink() {
        world.prepare();
        var item = ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L);
        code = given().header("Authorization", "Bearer " + World.CREATOR)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "product",
                        "https://item.taobao.com/item.htm?id=" + item,
                        "channels",
                        List.of(Map.of("platform", "QQ", "scene", "GROUP")),
                        "media",
                        List.of("LINK")))
                .post("/api/v1/link-kits")
                .jsonPath()
                .getString("placements[0].code");
    }

    private int click(String method, String agent, UUID cookie) {
        return given().redirects()
                .follow(false)
                .header("User-Agent", agent)
                .header("Cookie", "zv=" + cookie)
                .request(method, "/r/" + code)
                .statusCode();
    }

    private UUID oneOfTheSample() {
        return Stream.generate(UUID::randomUUID)
                .filter(visitor -> Split.sampled(visitor, day, SHARE))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_same_people_are_shown_the_page_all_day() {
        var people = IntStream.range(0, 100).mapToObj(i -> UUID.randomUUID()).toList();
        for (var round = 0; round < 2; round++) {
            for (var person : people) {
                assertThat(click("GET", QQ, person)).isEqualTo(Split.sampled(person, day, SHARE) ? 200 : 302);
            }
        }
        inbox.awaitTaken();
        long landed = jdbi.withHandle(handle ->
                handle.createQuery("""
                        select count(*) from touch t join placement p on p.id = t.placement_id
                        where p.code = :code and t.outcome = 'LANDING' and t.human and t.policy_version is not null
                        """).bind("code", code).mapTo(Long.class).one());
        assertThat(landed)
                .as("stored as it was answered")
                .isEqualTo(2
                        * people.stream()
                                .filter(person -> Split.sampled(person, day, SHARE))
                                .count());
    }

    @Test
    void who_is_no_person_or_has_a_browser_anyway_is_sent_on() {
        var visitor = oneOfTheSample();
        assertThat(click("GET", QQ, visitor)).isEqualTo(200);
        assertThat(click("GET", "curl/8.5.0", visitor)).isEqualTo(302);
        assertThat(click("HEAD", QQ, visitor)).isEqualTo(302);
        assertThat(click("GET", SAFARI, visitor)).isEqualTo(302);
        // Too many clicks in a minute are nobody's; wherever the minute turns, some of these are too many.
        assertThat(IntStream.range(0, 130).map(i -> click("GET", QQ, visitor)).boxed())
                .contains(200, 302);
    }

    @Test
    void five_per_cent_of_people_unless_an_operator_says_otherwise() throws Exception {
        var file = new java.util.Properties();
        try (var in = LandingSampleTest.class.getResourceAsStream("/application.properties")) {
            file.load(in);
        }
        assertThat(file.getProperty("zhida.edge.landing-sample")).isEqualTo("0.05");
        assertThat(ConfigProvider.getConfig().getValue("zhida.edge.landing-sample", Double.class))
                .isEqualTo(SHARE);
    }
}
