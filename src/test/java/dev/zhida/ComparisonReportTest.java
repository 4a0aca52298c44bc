package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.campaign.Campaigns;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.money.BusinessTime;
import dev.zhida.rollup.TouchRollup;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Touches and orders as they lie in the database, counted by the jobs, compared over HTTP. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ComparisonReportTest {

    private static final LocalDate TODAY = LocalDate.now(BusinessTime.ZONE);

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    Campaigns campaigns;

    @Inject
    TouchRollup rollup;

    @Inject
    Jdbi jdbi;

    /** A creator of this test alone; her API key is her name. */
    private String key;

    private UUID creator;
    private UUID offer;

    @BeforeEach
    void aCreatorWithAnOffer() {
        world.prepare();
        key = "creator-" + UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> {
            creator = people.addCreator(key);
            people.addKey(
                    people.addPerson(key, key, Role.CREATOR, creator, null).personId(), key, "test");
        });
        offer = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute(
                "insert into offer (id, marketplace, item_id, item_key, title, price_fen, coupon_fen, created_at)"
                        + " values (?, 'TAOBAO', ?, ?, 'A kettle', 10000, 1500, now())",
                offer,
                offer.toString(),
                offer.toString()));
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    private static String code() {
        var code = new StringBuilder();
        while (code.length() < 8) {
            code.append("23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
                    .charAt(ThreadLocalRandom.current().nextInt(32)));
        }
        return code.toString();
    }

    private record Spot(long id, String code, String medium) {}

    private Spot spot(String platform, String medium, UUID campaign) {
        var code = code();
        var id = jdbi.withHandle(handle -> handle.createQuery("""
                        insert into placement (code, creator_id, offer_id, campaign_id, platform, scene, medium, label,
                            destination, earns, created_at)
                        values (:code, :creator, :offer, :campaign, :platform, 'CHAT', :medium, :code, 'https://x.taobao.com/',
                            true, now()) returning id
                        """)
                .bind("code", code)
                .bind("creator", creator)
                .bind("offer", offer)
                .bind("campaign", campaign)
                .bind("platform", platform)
                .bind("medium", medium)
                .mapTo(Long.class)
                .one());
        return new Spot(id, code, medium);
    }

    private void visited(Spot spot, LocalDate day, int people, String os) {
        jdbi.useTransaction(handle -> {
            handle.execute("select make_touch_partition(?)", day);
            handle.createUpdate("""
                            insert into touch (day, id, at, placement_id, kind, host_app, os, human, visitor)
                            select :day, uuidv7(:at - clock_timestamp()), :at, :placement, :kind, 'WECHAT', :os, true,
                                gen_random_uuid()
                            from generate_series(1, :people) i
                            """)
                    .bind("day", day)
                    .bind("at", noon(day))
                    .bind("placement", spot.id())
                    .bind("kind", spot.medium().equals("LINK") ? "CLICK" : "PASTE")
                    .bind("os", os)
                    .bind("people", people)
                    .execute();
            handle.execute(
                    "insert into touch_day_changed (day, changed_at) values (?, now()) on conflict (day) do nothing",
                    day);
        });
    }

    private static java.time.OffsetDateTime noon(LocalDate day) {
        return BusinessTime.startOf(day).plusSeconds(43_200).atOffset(ZoneOffset.UTC);
    }

    /** Orders of one line each, clicked at noon and placed so many days later; each with 100.00 yuan and 6.30 of commission. */
    private void ordered(Spot spot, LocalDate day, int count, String status, int daysLater, String confidence) {
        lines(spot, day, count, null, status, daysLater, confidence);
    }

    private void line(Spot spot, LocalDate day, String parent, String status, int daysLater, String confidence) {
        lines(spot, day, 1, parent, status, daysLater, confidence);
    }

    private void lines(
            Spot spot, LocalDate day, int count, String parent, String status, int daysLater, String confidence) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with number as (
                            -- Older than every real one, so that they are not in the way of tests that look at the newest.
                            select overlay(gen_random_uuid()::text placing '00000000' from 1 for 8)::uuid id
                            from generate_series(1, :count)
                        ), line as (
                            insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                                paid_fen, estimated_fen, clicked_at, created_at, first_observed_at, changed_at)
                            select n.id, 'TAOBAO', a.id, n.id::text, n.id::text, coalesce(:parent, n.id::text), 1, :status, 10000,
                                1000, :clicked, :placed, now(), now()
                            from number n, marketplace_account a where a.name = 'test' and a.marketplace = 'TAOBAO'
                            returning id
                        ), attributed as (
                            insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                                rule_version, evidence, decided_at)
                            select id, 1, true, :confidence, :placement, :creator, :medium, 1, '{}', now() from line
                        )
                        insert into commission (order_line_id, creator_id, rule_version, estimated_fen, settled_fen, amount_fen,
                            fee_fen, fee_assumed, platform_fen, month, inputs, calculated_at)
                        select id, :creator, 1, 630, 0, 0, 0, false, 0, '2026-03-01', '{}', now() from line
                        """)
                .bind("count", count)
                .bind("parent", parent)
                .bind("status", status)
                .bind("clicked", noon(day))
                .bind("placed", noon(day).plusDays(daysLater).plusMinutes(1))
                .bind("confidence", confidence)
                .bind("placement", confidence.equals("SHARED") ? null : spot.id())
                .bind("creator", creator)
                .bind("medium", spot.medium())
                .execute());
    }

    private JsonPath compare(String query) {
        return compare(key, query);
    }

    private static JsonPath compare(String who, String query) {
        return as(who).get("/api/v1/reports/comparison?" + query)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void simpsonsWorld(UUID campaign) {
        var sides = Map.of(
                spot("WECHAT", "TOKEN", campaign), List.of(3_000, 270),
                spot("WECHAT", "LINK", campaign), List.of(1_000, 110),
                spot("WEIBO", "TOKEN", campaign), List.of(1_000, 10),
                spot("WEIBO", "LINK", campaign), List.of(4_000, 60));
        sides.forEach((spot, counts) -> {
            visited(spot, TODAY, counts.get(0), "IOS");
            ordered(spot, TODAY, counts.get(1), "PAID", 0, "EXACT");
        });
        RollupCheck.await();
    }

    @Test
    void like_is_compared_with_like_and_the_paradox_is_flagged() {
        simpsonsWorld(null);
        var all = compare("by=creator");
        assertThat(all.getList("groups")).hasSize(1);
        assertThat(all.getString("groups[0].key")).isEqualTo(creator.toString());
        assertThat(all.getInt("groups[0].arms.TOKEN.n")).isEqualTo(4_000);
        assertThat(all.getInt("groups[0].arms.TOKEN.orders")).isEqualTo(280);
        assertThat(all.getInt("groups[0].arms.TOKEN.gmvFen")).isEqualTo(2_800_000);
        assertThat(all.getInt("groups[0].arms.LINK.commissionFen")).isEqualTo(170 * 630);
        hasValue(all, "groups[0].difference.estimate", 0.07 - 0.034);
        hasValue(all, "groups[0].mantelHaenszel.difference.estimate", -0.012258);
        hasValue(all, "groups[0].mantelHaenszel.difference.low", -0.023506);
        hasValue(all, "groups[0].mantelHaenszel.ratio.high", 0.976633);
        hasValue(all, "groups[0].mantelHaenszel.p", 0.028813);
        hasValue(all, "groups[0].standardised.difference.high", -0.001125);
        hasValue(all, "groups[0].heterogeneity.q", 1.621110);
        assertThat(all.getString("groups[0].simpson")).isEqualTo("RED");
        assertThat(all.getString("groups[0].state")).isEqualTo("READY");
        assertThat(all.getString("groups[0].better")).isNull();
        assertThat(all.getString("groups[0].sentence.en")).contains("opposite").doesNotContain("associated");
        assertThat(all.getString("groups[0].byCreator"))
                .as("one creator is no sample")
                .isNull();

        var platforms = compare("by=platform");
        assertThat(platforms.getList("groups.key")).isEqualTo(List.of("WECHAT", "WEIBO"));
        assertThat(platforms.getList("groups.simpson")).isEqualTo(List.of("NONE", "NONE"));
        assertThat(platforms.getString("groups[0].sentence.zh")).startsWith("微信");
        assertThat(platforms.getFloat("groups[0].pHolm")).isGreaterThanOrEqualTo(platforms.getFloat("groups[0].p"));
        for (var by : List.of("scene", "label", "campaign", "offer", "coupon", "week")) {
            var groups = compare("by=" + by);
            assertThat(groups.getList("groups.arms.TOKEN.orders.findAll { it != null }", Integer.class).stream()
                            .mapToInt(i -> i)
                            .sum())
                    .as(by)
                    .isEqualTo(280);
        }
        assertThat(compare("by=coupon").getString("groups[0].key")).isEqualTo("10-20%");
        jdbi.useHandle(handle -> handle.execute("update offer set coupon_fen = null where id = ?", offer));
        assertThat(compare("by=coupon").getString("groups[0].key"))
                .as("as it was when it was posted")
                .isEqualTo("10-20%");
        var os = compare("by=os");
        assertThat(os.getInt("groups.find { it.key == 'IOS' }.arms.TOKEN.n")).isEqualTo(4_000);
        assertThat(os.getList("warnings.code")).contains("os-inferred");

        as(World.OTHER_CREATOR)
                .get("/api/v1/reports/comparison?by=creator")
                .then()
                .body("groups.findAll { it.key == '" + creator + "' }", hasSize(0));
        as(World.FINANCE)
                .get("/api/v1/reports/comparison?by=creator")
                .then()
                .body("groups.find { it.key == '" + creator + "' }.arms.TOKEN.orders", is(280));
    }

    private static void hasValue(JsonPath answer, String path, double value) {
        assertThat(answer.getDouble(path)).as(path).isEqualTo(value, within(0.0000006));
    }

    @Test
    void a_brand_sees_its_campaigns_and_no_others() {
        var brandKey = "brand-" + UUID.randomUUID();
        var campaign = campaignOf(brandKey);
        var its = spot("QQ", "LINK", campaign);
        var other = spot("QQ", "TOKEN", null);
        visited(its, TODAY, 5, "IOS");
        visited(other, TODAY, 7, "IOS");
        RollupCheck.await();
        as(brandKey)
                .get("/api/v1/reports/comparison?by=platform")
                .then()
                .statusCode(200)
                .body("groups", hasSize(1))
                .body("groups[0].arms.LINK.n", is(5))
                .body("groups[0].arms.TOKEN", nullValue());
        as(brandKey).get("/api/v1/reports/comparison?by=campaign").then().body("groups[0].name", equalTo("spring"));
    }

    /** A campaign of the offer, to which the creator is invited, of a new brand; its API key is its name. */
    private UUID campaignOf(String brandKey) {
        var campaign = UUID.randomUUID();
        QuarkusTransaction.requiringNew().run(() -> {
            var brand = campaigns.addBrand(brandKey);
            people.addKey(
                    people.addPerson(brandKey, brandKey, Role.BRAND, null, brand)
                            .personId(),
                    brandKey,
                    "test");
            jdbi.useHandle(handle -> {
                handle.execute(
                        "insert into campaign (id, brand_id, name, from_at, until_at, created_at) values (?, ?, 'spring',"
                                + " now() - interval '9 days', now() + interval '9 days', now())",
                        campaign,
                        brand);
                handle.execute(
                        "insert into campaign_offer (campaign_id, offer_id, added_at) values (?, ?, now() - interval '9 days')",
                        campaign,
                        offer);
                handle.execute(
                        "insert into campaign_creator (campaign_id, creator_id, invited_at)"
                                + " values (?, ?, now() - interval '9 days')",
                        campaign,
                        creator);
            });
        });
        return campaign;
    }

    @Test
    void nothing_is_claimed_that_orders_of_a_shared_slot_could_turn_and_a_brand_is_told_too() {
        var brandKey = "brand-" + UUID.randomUUID();
        var campaign = campaignOf(brandKey);
        var token = spot("WECHAT", "TOKEN", campaign);
        var link = spot("WECHAT", "LINK", campaign);
        visited(token, TODAY, 1_000, "IOS");
        visited(link, TODAY, 1_000, "IOS");
        ordered(link, TODAY, 20, "PAID", 0, "EXACT");
        RollupCheck.await();
        for (var who : List.of(key, brandKey)) {
            var certain = compare(who, "by=platform");
            assertThat(certain.getString("groups[0].better")).isEqualTo("LINK");
            assertThat(certain.getString("groups[0].sentence.en")).contains("associated with fewer");
        }

        ordered(token, TODAY, 40, "PAID", 0, "SHARED");
        ordered(token, TODAY, 7, "INVALID", 0, "SHARED");
        RollupCheck.await();
        assertThat(compare(brandKey, "by=platform").getInt("groups[0].bounds.uncertainOrders"))
                .as("of items that are not its own it is told nothing")
                .isZero();
        jdbi.useHandle(handle -> handle.execute(
                "update attribution set ordered_offer_id = ? where creator_id = ? and placement_id is null",
                offer,
                creator));
        RollupCheck.await();
        for (var who : List.of(key, brandKey)) {
            for (var by : List.of("platform", "creator", "week", "campaign")) {
                var turned = compare(who, "by=" + by);
                assertThat(turned.getInt("groups[0].arms.TOKEN.orders")).isZero();
                assertThat(turned.getInt("groups[0].bounds.uncertainOrders"))
                        .as(by)
                        .isEqualTo(40);
                hasValue(turned, "groups[0].bounds.low", -0.02);
                hasValue(turned, "groups[0].bounds.high", 0.02);
                assertThat(turned.getString("groups[0].better")).isNull();
                assertThat(turned.getString("groups[0].sentence.en"))
                        .contains("no difference between token and link can be told")
                        .contains("could turn it");
            }
        }
    }

    @Test
    void a_parent_order_counts_once_in_an_arm_wherever_its_lines_are() {
        var link = spot("WECHAT", "LINK", null);
        var other = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        for (var spot : List.of(link, other, token)) {
            visited(spot, TODAY, 10, "IOS");
            visited(spot, TODAY.minusDays(8), 10, "IOS");
        }
        var parent = "p" + UUID.randomUUID();
        line(link, TODAY, parent, "PAID", 0, "EXACT");
        line(link, TODAY, parent, "SETTLED", 0, "EXACT");
        line(link, TODAY.minusDays(8), parent, "SETTLED", 8, "EXACT");
        line(other, TODAY, parent, "PAID", 0, "EXACT");
        line(token, TODAY, parent, "PAID", 0, "EXACT");
        RollupCheck.await();
        var answer = compare("by=platform");
        assertThat(answer.getInt("groups[0].arms.LINK.orders")).isEqualTo(1);
        assertThat(answer.getInt("groups[0].arms.LINK.settledOrders")).isEqualTo(1);
        assertThat(answer.getInt("groups[0].arms.LINK.gmvFen")).isEqualTo(40_000);
        assertThat(answer.getInt("groups[0].arms.TOKEN.orders")).isEqualTo(1);
        assertThat(compare("by=label").getList("groups.arms.LINK.orders.findAll { it != null }"))
                .isEqualTo(List.of(1, 1));
    }

    @Test
    void a_parent_order_counts_once_in_a_group_of_the_funnel_and_once_a_day() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        var before = TODAY.minusDays(8);
        visited(link, TODAY, 10, "IOS");
        visited(token, before, 5, "IOS");
        var partlyValid = "p" + UUID.randomUUID();
        line(link, TODAY, partlyValid, "PAID", 0, "EXACT");
        line(link, before, partlyValid, "SETTLED", 0, "EXACT");
        line(token, before, partlyValid, "SETTLED", 0, "EXACT");
        line(token, TODAY, partlyValid, "INVALID", 0, "EXACT");
        var invalid = "p" + UUID.randomUUID();
        line(link, TODAY, invalid, "INVALID", 0, "EXACT");
        line(link, before, invalid, "INVALID", 0, "EXACT");
        line(token, before, invalid, "INVALID", 0, "EXACT");
        RollupCheck.await();
        rollup.sumWeeks(TODAY);

        // A creator's rows are read, those of everybody are kept; orders, settled, invalid.
        assertThat(funnel(key, "by=creator")).containsExactly(Map.entry(creator.toString(), List.of(1, 1, 1)));
        assertThat(funnel(World.FINANCE, "by=creator")).containsEntry(creator.toString(), List.of(1, 1, 1));
        var placements = Map.of(link.code(), List.of(1, 1, 1), token.code(), List.of(1, 1, 1));
        assertThat(funnel(key, "by=placement")).isEqualTo(placements);
        assertThat(funnel(World.FINANCE, "by=placement")).containsAllEntriesOf(placements);

        var days = as(key).get("/api/v1/reports/trend").jsonPath();
        for (var day : List.of(TODAY, before)) {
            var counts = "days.find { it.day == '" + day + "' }.counts.";
            assertThat(days.getInt(counts + "orders")).isEqualTo(1);
            assertThat(days.getInt(counts + "settledOrders")).isEqualTo(day.equals(TODAY) ? 0 : 1);
        }
        assertThat(List.of(days.getInt("total.orders"), days.getInt("total.settledOrders")))
                .as("once in all days, as in the funnel")
                .isEqualTo(List.of(1, 1));
        var next = as(key).get("/api/v1/reports/trend?from=" + TODAY.plusDays(1) + "&until=" + TODAY.plusDays(12))
                .jsonPath();
        assertThat(next.getInt("previousTotal.orders")).isEqualTo(1);
        assertThat(next.getInt("previousTotal.money.gmvFen")).isEqualTo(30_000);
    }

    /** Orders, settled and invalid ones, of the file, by group. */
    private static Map<String, List<Integer>> funnel(String key, String query) {
        return as(key).get("/api/v1/reports/funnel.csv?" + query)
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .skip(1)
                .map(line -> line.split(","))
                .takeWhile(cells -> !cells[0].equals("#END"))
                .collect(Collectors.toMap(cells -> cells[1], cells -> Arrays.stream(cells, 13, 16)
                        .map(Integer::valueOf)
                        .toList()));
    }

    @Test
    void orders_of_a_shared_slot_count_for_creator_and_medium_and_are_told_beside_all_other_groups() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        var before = TODAY.minusDays(17);
        visited(link, TODAY, 10, "IOS");
        visited(link, before, 10, "IOS");
        ordered(link, TODAY, 1, "PAID", 0, "EXACT");
        ordered(link, TODAY, 3, "PAID", 0, "SHARED");
        ordered(token, before, 2, "SETTLED", 0, "SHARED");
        var parent = "p" + UUID.randomUUID();
        line(link, TODAY, parent, "PAID", 0, "EXACT");
        line(link, before, parent, "PAID", 0, "SHARED");
        RollupCheck.await();
        rollup.sumWeeks(TODAY);

        // A creator's rows are read, those of everybody are kept; orders, settled, invalid.
        for (var caller : List.of(key, World.FINANCE)) {
            assertThat(funnel(caller, "by=creator")).containsEntry(creator.toString(), List.of(7, 2, 0));
        }
        assertThat(funnel(key, "by=medium")).isEqualTo(Map.of("LINK", List.of(5, 0, 0), "TOKEN", List.of(2, 2, 0)));
        var byCreator = as(key).get("/api/v1/reports/funnel?by=creator").jsonPath();
        assertThat(byCreator.getInt("groups[0].money.gmvFen")).isEqualTo(80_000);
        assertThat(byCreator.getInt("ordersWithoutPlacement.orders")).isZero();
        assertThat(byCreator.getList("notObserved")).hasSize(2);

        var byPlacement = as(key).get("/api/v1/reports/funnel?by=placement").jsonPath();
        assertThat(byPlacement.getInt("groups[0].money.gmvFen")).isEqualTo(20_000);
        var days = as(key).get("/api/v1/reports/trend").jsonPath();
        assertThat(days.getInt("total.orders")).isEqualTo(2);
        for (var answer : List.of(byPlacement, days)) {
            assertThat(answer.<String, Object>getMap("ordersWithoutPlacement").values())
                    .containsExactly(6, 60_000, 6 * 630);
            assertThat(answer.getList("notObserved", String.class))
                    .anySatisfy(text -> assertThat(text).startsWith("6 more orders"));
        }
        assertThat(funnel(key, "by=placement")).containsEntry("", List.of(6, 2, 0));
        assertThat(as(World.FINANCE)
                        .get("/api/v1/reports/funnel?by=platform")
                        .jsonPath()
                        .getInt("ordersWithoutPlacement.orders"))
                .isGreaterThanOrEqualTo(6);
        assertThat(as(World.OTHER_CREATOR)
                        .get("/api/v1/reports/funnel?by=platform")
                        .jsonPath()
                        .getInt("ordersWithoutPlacement.orders"))
                .isZero();
        var delays = as(key).get("/api/v1/reports/click-to-order").jsonPath();
        assertThat(delays.getList("bars.orders", Integer.class).stream()
                        .mapToInt(i -> i)
                        .sum())
                .isEqualTo(7);

        // Of one placement nobody can tell.
        for (var path : List.of("funnel?by=creator&code=", "trend?code=")) {
            var one = as(key).get("/api/v1/reports/" + path + link.code()).jsonPath();
            assertThat(one.<Object>get("ordersWithoutPlacement")).isNull();
            assertThat(one.getList("notObserved", String.class))
                    .anySatisfy(text -> assertThat(text).contains("none is counted here"));
        }
        assertThat(as(World.BRAND)
                        .get("/api/v1/reports/funnel?by=creator")
                        .jsonPath()
                        .<Object>get("ordersWithoutPlacement"))
                .isNull();
    }

    @Test
    void a_coupon_that_is_taken_away_does_not_move_what_it_brought() {
        jdbi.useHandle(
                handle -> handle.execute("update offer set price_fen = null, coupon_fen = null where id = ?", offer));
        visited(spot("WECHAT", "TOKEN", null), TODAY, 3, "IOS");
        RollupCheck.await();
        assertThat(clicksByCoupon()).as("nothing is told yet").isEqualTo(Map.of("unknown", 3));
        // Under 5 %, from 5 %, from 10 %, from 20 %; each as long as it is told first.
        Map.of(499, "under-5%", 500, "5-10%", 1_000, "10-20%", 2_000, "20%-and-more")
                .forEach((couponFen, strength) -> {
                    jdbi.useTransaction(handle -> {
                        handle.execute("update offer set price_fen = null, coupon_fen = null where id = ?", offer);
                        handle.execute("update placement set coupon_strength = null where offer_id = ?", offer);
                        handle.execute(
                                "update offer set price_fen = 10000, coupon_fen = ?::bigint where id = ?",
                                couponFen,
                                offer);
                    });
                    assertThat(clicksByCoupon()).isEqualTo(Map.of(strength, 3));
                    jdbi.useHandle(handle -> handle.execute("update offer set coupon_fen = null where id = ?", offer));
                    assertThat(clicksByCoupon()).isEqualTo(Map.of(strength, 3));
                });
        visited(spot("WECHAT", "LINK", null), TODAY, 2, "IOS");
        RollupCheck.await();
        assertThat(clicksByCoupon()).hasSize(2).containsEntry("none", 2);
        assertThat(as(key).get("/api/v1/reports/funnel?by=coupon").jsonPath().getList("notObserved", String.class))
                .anySatisfy(text -> assertThat(text).startsWith("Coupons are those of the time"));
    }

    private Map<String, Integer> clicksByCoupon() {
        var groups = as(key).get("/api/v1/reports/funnel?by=coupon").jsonPath().<Map<String, Object>>getList("groups");
        return groups.stream()
                .collect(Collectors.toMap(group -> (String) group.get("key"), group -> (Integer) group.get("people")));
    }

    @Test
    void orders_by_native_tokens_are_not_counted_against_arrivals_of_other_media() {
        var token = spot("WECHAT", "TOKEN", null);
        var nativeToken = spot("WECHAT", "NATIVE_TOKEN", null);
        var elsewhere = spot("WEIBO", "TOKEN", null);
        for (var day : List.of(TODAY, TODAY.minusDays(17))) {
            visited(token, day, 100, "IOS");
            visited(elsewhere, day, 100, "IOS");
            ordered(token, day, 2, "PAID", 0, "EXACT");
            ordered(nativeToken, day, 30, "PAID", 0, "EXACT");
            ordered(nativeToken, day, 5, "PAID", 0, "WINDOW");
            ordered(elsewhere, day, 5, "PAID", 0, "EXACT");
            var both = "p" + UUID.randomUUID();
            line(token, day, both, "PAID", 0, "EXACT");
            line(nativeToken, day, both, "PAID", 0, "EXACT");
        }
        RollupCheck.await();
        rollup.sumWeeks(TODAY);
        for (var caller : List.of(key, World.FINANCE)) {
            var all = as(caller)
                    .get("/api/v1/reports/funnel?by=creator&limit=200")
                    .jsonPath();
            var group = "groups.find { it.key == '" + creator + "' }";
            var order = group + ".steps.find { it.step == 'ORDER' }";
            assertThat(all.getInt(order + ".acts")).isEqualTo(2 * 43);
            assertThat(all.getDouble(order + ".rate")).isEqualTo(2 * 8 / 400.0);
            assertThat(all.getDouble(order + ".loss")).isEqualTo(1 - 2 * 8 / 400.0);
            assertThat(all.getInt(group + ".money.estimatedFen")).isEqualTo(2 * 44 * 630);
            assertThat(all.getInt(group + ".money.perHundredPeopleFen")).isEqualTo(2 * 8 * 630 / 4);
            assertThat(all.getString(group + ".steps.find { it.step == 'NATIVE_PASTE' }.observability"))
                    .isEqualTo("INVISIBLE");
        }
        assertThat(as(key).get("/api/v1/reports/trend").jsonPath().getInt("total.money.perHundredPeopleFen"))
                .isEqualTo(2 * 8 * 630 / 4);
        assertThat(as(key).get("/api/v1/reports/funnel?by=platform&rank=epc")
                        .jsonPath()
                        .getList("groups.key"))
                .isEqualTo(List.of("WEIBO", "WECHAT"));

        // An hour of a count is the one before it was asked.
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with token as (
                            insert into native_token (placement_id, text, made_at, expires_at)
                            values (:placement, 'x', :from - interval '1 day', :from + interval '30 days') returning id)
                        insert into native_token_count (native_token_id, hour, asked_at, hour_views, hour_visitors, views,
                            visitors)
                        select id, hour, hour, views, views, views, views
                        from token, (values (:from, 100), (:from + interval '1 hour', 7), (:from + interval '2 hours', 0),
                            (:from + interval '24 hours', 4), (:from + interval '25 hours', 1000)) told (hour, views)
                        """)
                .bind("placement", nativeToken.id())
                .bind("from", BusinessTime.startOf(TODAY).atOffset(ZoneOffset.UTC))
                .execute());
        var today = "&from=" + TODAY + "&until=" + TODAY.plusDays(1);
        for (var caller : List.of(key, World.FINANCE)) {
            var told = as(caller)
                    .get("/api/v1/reports/funnel?by=creator&limit=200" + today)
                    .jsonPath();
            var step = "groups.find { it.key == '" + creator + "' }.steps.find { it.step == 'NATIVE_PASTE' }";
            assertThat(told.getString(step + ".observability")).isEqualTo("REPORTED");
            assertThat(told.getInt(step + ".acts")).isEqualTo(11);
        }
    }

    @Test
    void orders_that_are_not_certain_enter_no_arm_but_widen_the_difference() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        visited(link, TODAY, 200, "IOS");
        visited(token, TODAY, 200, "IOS");
        ordered(link, TODAY, 10, "PAID", 0, "EXACT");
        ordered(token, TODAY, 20, "RECEIVED", 0, "EXACT");
        ordered(token, TODAY, 4, "PAID", 0, "WINDOW");
        ordered(link, TODAY, 6, "PAID", 0, "SHARED");
        ordered(token, TODAY, 3, "INVALID", 0, "EXACT");
        RollupCheck.await();
        var answer = compare("by=platform");
        assertThat(answer.getInt("groups[0].arms.TOKEN.orders")).isEqualTo(20);
        assertThat(answer.getInt("groups[0].arms.LINK.orders")).isEqualTo(10);
        hasValue(answer, "groups[0].bounds.low", 20 / 200.0 - 16 / 200.0);
        hasValue(answer, "groups[0].bounds.high", 24 / 200.0 - 10 / 200.0);
        assertThat(answer.getInt("groups[0].bounds.uncertainOrders")).isEqualTo(10);
    }

    @Test
    void orders_whose_os_is_not_known_may_be_of_any_os() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        visited(link, TODAY, 1_000, "IOS");
        visited(token, TODAY, 1_000, "IOS");
        ordered(token, TODAY, 20, "PAID", 0, "EXACT");
        RollupCheck.await();
        var known = compare("by=os");
        assertThat(known.getList("groups.key")).isEqualTo(List.of("IOS"));
        assertThat(known.getString("groups[0].better")).isEqualTo("TOKEN");

        // Nobody was seen before these.
        var silent = spot("WECHAT", "LINK", null);
        ordered(silent, TODAY, 29, "PAID", 0, "EXACT");
        ordered(silent, TODAY, 3, "PAID", 0, "WINDOW");
        ordered(token, TODAY, 5, "PAID", 0, "SHARED");
        var parent = "p" + UUID.randomUUID();
        line(silent, TODAY, parent, "PAID", 0, "EXACT");
        line(silent, TODAY.minusDays(1), parent, "PAID", 1, "EXACT");
        RollupCheck.await();
        var unknown = compare("by=os");
        var ios = "groups.find { it.key == 'IOS' }.";
        assertThat(unknown.getInt(ios + "arms.TOKEN.orders")).isEqualTo(20);
        assertThat(unknown.getInt("groups.find { it.key == 'UNKNOWN' }.arms.LINK.orders"))
                .isEqualTo(30);
        assertThat(unknown.getInt(ios + "bounds.uncertainOrders")).isEqualTo(30 + 3 + 5);
        hasValue(unknown, ios + "bounds.low", 0.020 - 0.033);
        hasValue(unknown, ios + "bounds.high", 0.025);
        assertThat(unknown.getString(ios + "better")).isNull();
        assertThat(unknown.getString(ios + "sentence.en")).contains("could turn it");
        assertThat(compare("by=platform").getInt("groups[0].bounds.uncertainOrders"))
                .as("where OS does not matter they are certain")
                .isEqualTo(3 + 5);
    }

    @Test
    void what_is_kept_of_old_weeks_follows_late_orders_and_touches() {
        var day = TODAY.minusDays(17);
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        visited(link, day, 100, "IOS");
        visited(token, day, 80, "ANDROID");
        ordered(link, day, 10, "PAID", 0, "EXACT");
        ordered(token, day, 12, "SETTLED", 1, "EXACT");
        ordered(token, day, 2, "PAID", 0, "WINDOW");
        ordered(link, day, 3, "PAID", 0, "SHARED");
        ordered(link, day, 1, "INVALID", 0, "EXACT");
        var parent = "p" + UUID.randomUUID();
        line(link, day, parent, "PAID", 0, "EXACT");
        line(link, day.minusDays(7), parent, "SETTLED", 0, "EXACT");
        assertFinanceIsToldWhatTheCreatorIs(100, 11);

        ordered(link, day, 5, "PAID", 9, "EXACT");
        assertFinanceIsToldWhatTheCreatorIs(100, 16);
        visited(link, day, 20, "IOS");
        assertFinanceIsToldWhatTheCreatorIs(120, 16);
        jdbi.useHandle(handle -> handle.execute(
                "update order_line set status = 'INVALID', changed_at = now() where parent_no = ?", parent));
        assertFinanceIsToldWhatTheCreatorIs(120, 15);
    }

    /** A creator's numbers are read from the database each time, those of everybody are kept. */
    private void assertFinanceIsToldWhatTheCreatorIs(int clicks, int orders) {
        RollupCheck.await();
        rollup.sumWeeks(TODAY);
        // The second time they are kept.
        for (var time = 0; time < 2; time++) {
            var told = as(World.FINANCE)
                    .get("/api/v1/reports/comparison?by=creator")
                    .then()
                    .extract()
                    .jsonPath()
                    .<String, Object>getMap("groups.find { it.key == '" + creator + "' }");
            var own = compare("by=creator").<String, Object>getMap("groups[0]");
            for (var part : List.of("arms", "difference", "mantelHaenszel", "standardised", "bounds", "perExposure")) {
                assertThat(told.get(part)).as(part).isEqualTo(own.get(part));
            }
            assertThat(((Map<?, ?>) ((Map<?, ?>) told.get("arms")).get("LINK")).get("n"))
                    .isEqualTo(clicks);
            assertThat(((Map<?, ?>) ((Map<?, ?>) told.get("arms")).get("LINK")).get("orders"))
                    .isEqualTo(orders);

            var funnel = as(World.FINANCE)
                    .get("/api/v1/reports/funnel?by=creator&limit=200")
                    .then()
                    .extract()
                    .jsonPath()
                    .<String, Object>getMap("groups.find { it.key == '" + creator + "' }");
            var ownFunnel = as(key).get("/api/v1/reports/funnel?by=creator")
                    .then()
                    .extract()
                    .jsonPath()
                    .<String, Object>getMap("groups[0]");
            assertThat(funnel).usingRecursiveComparison().ignoringFields("rank").isEqualTo(ownFunnel);
        }
    }

    @Test
    void cohorts_of_equal_age_leave_young_clicks_and_old_orders_out() {
        var link = spot("WEIBO", "LINK", null);
        visited(link, TODAY, 11, "IOS");
        visited(link, TODAY.minusDays(20), 13, "IOS");
        ordered(link, TODAY.minusDays(20), 2, "PAID", 0, "EXACT");
        ordered(link, TODAY.minusDays(20), 3, "PAID", 7, "EXACT");
        ordered(link, TODAY, 1, "PAID", 0, "EXACT");
        RollupCheck.await();
        var equal = compare("by=platform&cohortDays=7");
        assertThat(equal.getInt("groups[0].arms.LINK.n")).isEqualTo(13);
        assertThat(equal.getInt("groups[0].arms.LINK.orders")).isEqualTo(2);
        assertThat(compare("by=platform&cohortDays=8").getInt("groups[0].arms.LINK.orders"))
                .isEqualTo(5);
        var all = compare("by=platform");
        assertThat(all.getInt("groups[0].arms.LINK.n")).isEqualTo(24);
        assertThat(all.getInt("groups[0].arms.LINK.orders")).isEqualTo(6);
        var then = compare("by=platform&from=" + BusinessTime.startOf(TODAY.minusDays(20)) + "&until="
                + BusinessTime.startOf(TODAY.minusDays(19)));
        assertThat(then.getInt("groups[0].arms.LINK.n")).isEqualTo(13);
        assertThat(then.getInt("groups[0].arms.LINK.orders")).isEqualTo(5);
        // Days are business days, the last not included, as in the funnel.
        var thatDay = compare("by=platform&from=" + TODAY.minusDays(20) + "&until=" + TODAY.minusDays(19));
        assertThat(thatDay.getString("lastDay")).isEqualTo(TODAY.minusDays(20).toString());
        assertThat(thatDay.getMap("groups[0]")).isEqualTo(then.getMap("groups[0]"));
        assertThat(compare("by=platform&from=" + TODAY.minusDays(19)).getInt("groups[0].arms.LINK.n"))
                .isEqualTo(11);
    }

    @Test
    void the_sides_are_on_one_denominator_or_a_warning_says_why_not() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        var nativeToken = spot("WECHAT", "NATIVE_TOKEN", null);
        visited(link, TODAY, 3, "IOS");
        ordered(link, TODAY, 4, "PAID", 0, "EXACT");
        ordered(nativeToken, TODAY, 2, "PAID", 0, "EXACT");
        RollupCheck.await();
        var clicks = compare("by=platform");
        assertThat(clicks.getString("groups[0].state"))
                .as("more orders than people")
                .isEqualTo("INVALID_DENOMINATOR");
        assertThat(clicks.getString("groups[0].difference")).isNull();
        assertThat(clicks.getString("groups[0].arms.LINK.rate")).isNull();
        assertThat(clicks.getString("groups[0].nativeToken.state")).isEqualTo("INVALID_DENOMINATOR");
        assertThat(clicks.getList("warnings.code")).contains("native-token-unseen", "one-side-uncounted");
        assertThat(compare("denominator=reported").getList("warnings.code")).contains("reported-missing");
        assertThat(compare("denominator=landing").getString("denominator")).isEqualTo("landing");

        var views = Map.of(
                "items",
                List.of(
                        Map.of("code", link.code(), "day", TODAY, "views", 1_000),
                        Map.of("code", token.code(), "day", TODAY, "views", 500),
                        Map.of("code", nativeToken.code(), "day", TODAY, "views", 500),
                        Map.of("code", link.code(), "day", TODAY.plusDays(1), "views", 1)));
        for (var replay = 0; replay < 2; replay++) {
            as(key).contentType(ContentType.JSON)
                    .body(views)
                    .post("/api/v1/exposures")
                    .then()
                    .statusCode(200)
                    .body("accepted", is(3))
                    .body("refused", hasSize(1))
                    .body("refused[0].column", equalTo("day"));
        }
        as(World.OTHER_CREATOR)
                .contentType(ContentType.JSON)
                .body(views)
                .post("/api/v1/exposures")
                .then()
                .body("accepted", is(0))
                .body("refused.column.unique()", equalTo(List.of("day", "code")));
        as(key).multiPart(
                        "file",
                        "views.csv",
                        ("code,day,views\n" + token.code() + "," + TODAY + ",600\n" + token.code() + ",yesterday,1\n"
                                        + token.code() + "," + TODAY + ",-1\n")
                                .getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/exposures/csv")
                .then()
                .statusCode(200)
                .body("accepted", is(1))
                .body("refused.row", equalTo(List.of(3, 4)));
        as(key).multiPart("file", "views.csv", "code,views\nA,1\n".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/exposures/csv")
                .then()
                .statusCode(422)
                .body("code", equalTo("column-missing"));

        var seen = compare("denominator=exposures");
        assertThat(seen.getInt("groups[0].arms.LINK.n")).isEqualTo(1_000);
        assertThat(seen.getInt("groups[0].arms.TOKEN.n")).as("entered again").isEqualTo(600);
        assertThat(seen.getInt("groups[0].arms.NATIVE_TOKEN.orders")).isEqualTo(2);
        assertThat(seen.getString("groups[0].state")).isEqualTo("COLLECTING");
        assertThat(seen.getString("groups[0].nativeToken.difference")).isNotNull();
        assertThat(seen.getList("warnings.code"))
                .as("too few other creators have views")
                .isEqualTo(List.of("shrunken-missing"));
    }

    @Test
    void a_comparison_by_landing_says_how_many_never_saw_the_page() {
        var link = spot("WECHAT", "LINK", null);
        answered(link, "LANDING", 1);
        RollupCheck.await();
        assertThat(compare("denominator=landing").getList("warnings.code"))
                .as("all were shown the page")
                .doesNotContain("landing-partial");
        answered(link, "REDIRECT", 3);
        RollupCheck.await();
        assertThat(compare("denominator=landing").getString("warnings.find { it.code == 'landing-partial' }.en"))
                .startsWith("Of 4 clicks on links 3 (75.0 %) were sent straight on");
        assertThat(compare("denominator=human-clicks").getList("warnings.code")).doesNotContain("landing-partial");
    }

    @Test
    void per_landing_is_claimed_where_all_saw_the_page_and_said_why_not_where_some_did_not() {
        var link = spot("WECHAT", "LINK", null);
        var token = spot("WECHAT", "TOKEN", null);
        landed(link, 1_000);
        landed(token, 1_000);
        answered(link, "LANDING", 1);
        ordered(link, TODAY, 20, "PAID", 0, "EXACT");
        ordered(token, TODAY, 60, "PAID", 0, "EXACT");
        RollupCheck.await();
        var all = compare("denominator=landing");
        assertThat(all.getInt("groups[0].arms.TOKEN.n")).isEqualTo(1_000);
        assertThat(all.getString("groups[0].better")).isEqualTo("TOKEN");
        assertThat(all.getString("groups[0].sentence.en")).contains("associated with more orders");

        answered(link, "REDIRECT", 1);
        RollupCheck.await();
        var some = compare("denominator=landing");
        assertThat(some.getString("groups[0].better")).isNull();
        assertThat(some.getString("groups[0].pHolm")).isNull();
        assertThat(some.getString("groups[0].sentence.en"))
                .contains("per landing nothing is claimed, because the orders of people who saw no landing page")
                .doesNotContain("no difference");
        var file = as(key).get("/api/v1/reports/comparison.csv?denominator=landing")
                .then()
                .extract()
                .asString()
                .split("\r\n");
        assertThat(file[0]).contains("提示 warnings");
        assertThat(file[1]).contains("landing-partial");
    }

    private void landed(Spot spot, int people) {
        touched(spot, "LANDING", null, people);
    }

    private void answered(Spot spot, String outcome, int people) {
        touched(spot, "CLICK", outcome, people);
    }

    private void touched(Spot spot, String kind, String outcome, int people) {
        jdbi.useTransaction(handle -> {
            handle.execute("select make_touch_partition(?)", TODAY);
            handle.createUpdate("""
                            insert into touch (day, id, at, placement_id, kind, outcome, host_app, os, human, visitor)
                            select :day, uuidv7(), now(), :placement, :kind, :outcome, 'WECHAT', 'IOS', true,
                                gen_random_uuid()
                            from generate_series(1, :people) i
                            """)
                    .bind("day", TODAY)
                    .bind("placement", spot.id())
                    .bind("kind", kind)
                    .bind("outcome", outcome)
                    .bind("people", people)
                    .execute();
            handle.execute(
                    "insert into touch_day_changed (day, changed_at) values (?, now()) on conflict (day) do nothing",
                    TODAY);
        });
    }

    @Test
    void orders_that_tell_no_click_are_named() {
        var link = spot("WECHAT", "LINK", null);
        ordered(link, TODAY, 2, "PAID", 0, "EXACT");
        RollupCheck.await();
        assertThat(compare("by=platform").getList("warnings.code")).doesNotContain("orders-by-creation");
        jdbi.useHandle(handle -> handle.execute("update offer set marketplace = 'JD' where id = ?", offer));
        assertThat(compare("by=platform").getString("warnings.find { it.code == 'orders-by-creation' }.en"))
                .contains("2 orders count on the day they were made");
    }

    @Test
    void the_file_says_the_same_and_ends_with_its_control_record() {
        simpsonsWorld(null);
        var text = as(key).get("/api/v1/reports/comparison.csv?by=platform")
                .then()
                .statusCode(200)
                .contentType("text/csv")
                .extract()
                .asString();
        assertThat(text).startsWith("\uFEFF分组 key").contains("WECHAT,WECHAT,TOKEN,human-clicks,3000,270,0.090000,");
        // Risk ratio, bounds, heterogeneity of one stratum, shrunken, p, left out, better.
        assertThat(text.lines().filter(line -> line.startsWith("WECHAT,WECHAT,TOKEN")))
                .singleElement()
                .asString()
                .containsPattern(",0.818182,0.66\\d{4},1.0\\d{5},-0.020000,-0.020000,0,,,[0-9.,]*,0.0\\d{5},0,$");
        var lines = text.split("\r\n");
        assertThat(lines).hasSize(6);
        assertThat(lines[5]).matches("#END,4," + 450 * 630 + ",[0-9a-f]{64}");
        for (var line : List.of(lines).subList(0, 5)) {
            assertThat(line.split(",", -1).length).as(line).isGreaterThanOrEqualTo(45);
        }
    }

    @Test
    void few_orders_are_drawn_towards_what_is_usual_of_others_if_they_are_many_enough_to_reveal_nobody() {
        var own = creator;
        visited(spot("TOUTIAO", "TOKEN", null), TODAY, 10, "IOS");
        visited(spot("TOUTIAO", "LINK", null), TODAY, 30, "IOS");
        // A rate of her own elsewhere, which is not what is usual where she has few.
        var elsewhere = spot("WECHAT", "TOKEN", null);
        visited(elsewhere, TODAY, 500, "IOS");
        visited(spot("WECHAT", "LINK", null), TODAY, 500, "IOS");
        ordered(elsewhere, TODAY, 400, "PAID", 0, "EXACT");
        for (var other = 0; other < 20; other++) {
            if (other == 19) {
                RollupCheck.await();
                var tooFew = compare("by=platform");
                assertThat(tooFew.getString("groups.find { it.key == 'TOUTIAO' }.shrunken"))
                        .as("19 others")
                        .isNull();
                assertThat(tooFew.getList("warnings.code")).contains("shrunken-missing");
            }
            creator = people.addCreator("other-" + UUID.randomUUID());
            var token = spot("TOUTIAO", "TOKEN", null);
            var link = spot("TOUTIAO", "LINK", null);
            visited(token, TODAY, 50, "IOS");
            visited(link, TODAY, 50, "IOS");
            ordered(token, TODAY, 2, "PAID", 0, "EXACT");
            ordered(link, TODAY, 1, "PAID", 0, "EXACT");
        }
        creator = own;
        RollupCheck.await();
        var answer = compare("by=platform");
        var shrunken = "groups.find { it.key == 'TOUTIAO' }.shrunken.";
        hasValue(answer, shrunken + "token", 100 * 40.5 / 1001 / 110);
        hasValue(answer, shrunken + "link", 100 * 20.5 / 1001 / 130);
        assertThat(answer.getDouble(shrunken + "tokenBetter")).isBetween(0.5, 0.95);
        assertThat(compare("by=creator").getDouble("groups[0].shrunken.token"))
                .as("a creator has one group, but there are others")
                .isBetween(0.3, 0.78);
        assertThat(compare("by=label").getList("groups.findAll { it.difference != null }"))
                .isEmpty();
        for (var query : List.of("by=os", "by=platform&cohortDays=1")) {
            var none = compare(query);
            assertThat(none.getList("groups.shrunken")).as(query).containsOnlyNulls();
        }
        assertThat(compare("by=os").getList("warnings.code")).contains("shrunken-missing");
    }

    @Test
    void a_question_that_makes_no_sense_is_refused() {
        for (var query : Map.of(
                        "by=moon", "grouping-unknown",
                        "denominator=moon", "denominator-unknown",
                        "cohortDays=0", "invalid-request",
                        "from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "days-out-of-order",
                        "from=2026-03-01&until=2026-03-01", "days-out-of-order",
                        "from=yesterday", "invalid-request",
                        "until=2026-03-01T00:00", "invalid-request")
                .entrySet()) {
            for (var path : List.of("comparison", "comparison.csv")) {
                as(key).get("/api/v1/reports/" + path + "?" + query.getKey())
                        .then()
                        .statusCode(422)
                        .body("code", equalTo(query.getValue()));
            }
        }
    }

    @Test
    void a_parameter_that_cannot_be_read_is_named_instead_of_nothing_being_at_the_address() {
        var parameters = Map.of(
                "reports/comparison?limit=13&from=2026-13-01", "from",
                "reports/funnel?limit=13&from=2026-13-01", "from",
                "reports/funnel?from=2026-03-01T00:00:00Z&limit=13", "from",
                "reports/funnel.csv?campaign=mine", "campaign",
                "reports/funnel?limit=many", "limit",
                "reports/trend?until=moon", "until");
        parameters.forEach((path, parameter) -> as(key).get("/api/v1/" + path)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-request"))
                .body("errors.field", equalTo(List.of(parameter))));
        compare("from=&until=");
        for (var path : List.of("experiments/mine", "experiments/mine?limit=13", "nowhere?from=moon")) {
            as(key).get("/api/v1/reports/" + path).then().statusCode(404).body("code", equalTo("not-found"));
        }
    }
}
