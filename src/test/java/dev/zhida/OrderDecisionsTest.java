package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.attribution.Evidence;
import dev.zhida.attribution.Reviews;
import dev.zhida.campaign.Campaigns;
import dev.zhida.campaign.Offers;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.intake.Intake;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.order.ObservationFixture;
import dev.zhida.order.Orders;
import dev.zhida.order.RefundFixture;
import dev.zhida.slot.Slots;
import dev.zhida.touch.TouchInbox;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people decide of orders, over HTTP: contradictions, holds, claims, reviews; and what is frozen of it. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OrderDecisionsTest {

    private static final String PHONE =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
                    + "MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN";

    @Inject
    World world;

    @Inject
    TouchInbox inbox;

    @Inject
    Intake intake;

    @Inject
    Slots slots;

    @Inject
    Offers offers;

    @Inject
    People people;

    @Inject
    Campaigns campaigns;

    @Inject
    Reviews reviews;

    @Inject
    Evidence evidence;

    @Inject
    Jdbi jdbi;

    private Instant click;
    private String item;
    private Orders.Source source;

    @BeforeEach
    void begin() {
        world.prepare();
        // Leases begin with the kit, which comes after this.
        click = Instant.now().plusSeconds(30).truncatedTo(ChronoUnit.SECONDS);
        item = Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
        source = new Orders.Source(Marketplace.TAOBAO, slots.account(Marketplace.TAOBAO, World.ACCOUNT), null);
    }

    private static ValidatableResponse post(String key, String path, Object body) {
        return given().header("Authorization", "Bearer " + key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1" + path)
                .then();
    }

    private static ValidatableResponse get(String key, String path) {
        return given().header("Authorization", "Bearer " + key)
                .get("/api/v1" + path)
                .then();
    }

    private JsonPath kit(String creator) {
        return post(
                        creator,
                        "/link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=" + item,
                                "channels",
                                List.of(Map.of("platform", "WECHAT", "scene", "CHAT"))))
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    /** An order of the first placement of the kit. */
    private ObservationFixture orderOf(JsonPath kit) {
        var pid = kit.getString("placements[0].slot.value").split("_");
        return anOrder().slot(new SlotKey(SlotKind.TAOBAO_PID, pid[2] + "_" + pid[3]));
    }

    private ObservationFixture anOrder() {
        var number = ThreadLocalRandom.current().nextLong(1L << 58, 1L << 62);
        return ObservationFixture.anObservation()
                .key("F:" + number + ":1:1")
                .item(item)
                .clickedAt(click)
                .slot(new SlotKey(SlotKind.TAOBAO_PID, "8_" + number));
    }

    private UUID take(ObservationFixture... reports) {
        for (var report : reports) {
            intake.take(source, List.of(report.build()));
        }
        return line(reports[0]);
    }

    private UUID line(ObservationFixture report) {
        return jdbi.withHandle(handle -> handle.createQuery("select id from order_line where line_key = :key")
                .bind("key", report.key())
                .mapTo(UUID.class)
                .one());
    }

    /** What the creator's accounts hold because of the line, in fen. */
    private long inTheBooks(UUID line) {
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                        select coalesce(sum(case when c.kind like 'CREATOR%' then t.amount_fen else 0 end
                                          - case when d.kind like 'CREATOR%' then t.amount_fen else 0 end), 0)
                        from ledger_source s join ledger_transfer t on t.source_id = s.id
                        join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
                        where s.name = 'order-line/' || :line
                        """).bind("line", line).mapTo(Long.class).one());
    }

    private List<String> audited(UUID line) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select action from audit_entry where subject = 'order-line/' || :line order by id")
                .bind("line", line)
                .mapTo(String.class)
                .list());
    }

    @Test
    void a_person_decides_between_contradicting_reports_and_a_later_one_goes_before_her() {
        var order = orderOf(kit(World.CREATOR)).asOf(click);
        var line = take(order, order.estimated(2_000));
        get(World.CREATOR, "/orders/" + line).body("status", equalTo("NEEDS_REVIEW"));
        assertThat(inTheBooks(line)).isZero();

        var questions = get(World.OPERATOR, "/orders/" + line + "/decisions")
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].reports.estimatedFen", hasItems(1_000, 2_000))
                .extract()
                .jsonPath();
        var right = questions.getString("items[0].reports.find { it.estimatedFen == 2000 }.id");
        post(World.OPERATOR, "/orders/" + line + "/decisions", Map.of("report", "nonsense", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("report-not-in-question"));
        post(World.OPERATOR, "/orders/" + line + "/decisions", Map.of("report", right, "reason", "x", "status", "PAID"))
                .statusCode(422)
                .body("code", equalTo("status-known"));
        post(World.OPERATOR, "/orders/" + line + "/decisions", Map.of("report", right, "reason", ""))
                .statusCode(422)
                .body("errors[0].field", equalTo("reason"));
        post(World.OPERATOR, "/orders/" + line + "/decisions", Map.of("report", right, "reason", "问过商家"))
                .statusCode(201);
        // 20.00 less a tenth is 18.00, of which seven tenths are 12.60.
        get(World.CREATOR, "/orders/" + line).body("status", equalTo("PAID")).body("estimatedFen", is(1_260));
        assertThat(inTheBooks(line)).isEqualTo(1_260);
        assertThat(audited(line)).containsExactly("order-decided");
        get(World.CREATOR, "/orders/" + line + "/events")
                .body("items.kind", hasItems("OBSERVED", "DECIDED", "ATTRIBUTED", "POSTED"));

        take(order.estimated(3_000));
        get(World.CREATOR, "/orders/" + line).body("status", equalTo("NEEDS_REVIEW"));
        take(order.asOf(click.plusSeconds(1)));
        get(World.CREATOR, "/orders/" + line).body("status", equalTo("PAID")).body("estimatedFen", is(630));
        get(World.OPERATOR, "/orders/" + line + "/decisions").body("items", hasSize(0));
    }

    @Test
    void a_person_says_what_an_unknown_status_means() {
        var order = orderOf(kit(World.CREATOR)).status(OrderStatus.NEEDS_REVIEW);
        var line = take(order);
        var report = get(World.OPERATOR, "/orders/" + line + "/decisions")
                .body("items[0].reports[0].needsStatus", is(true))
                .extract()
                .jsonPath()
                .getString("items[0].reports[0].id");
        post(World.OPERATOR, "/orders/" + line + "/decisions", Map.of("report", report, "reason", "x"))
                .statusCode(422)
                .body("code", equalTo("status-needed"));
        post(
                        World.OPERATOR,
                        "/orders/" + line + "/decisions",
                        Map.of("report", report, "reason", "x", "status", "PAID"))
                .statusCode(201);
        get(World.CREATOR, "/orders/" + line).body("status", equalTo("PAID"));
        post(World.OPERATOR, "/orders/" + UUID.randomUUID() + "/decisions", Map.of("report", report, "reason", "x"))
                .statusCode(404)
                .body("code", equalTo("order-not-found"));
    }

    @Test
    void refunds_and_punishments_are_told_of_the_line_even_if_they_come_first() {
        var order = orderOf(kit(World.CREATOR));
        var refund = RefundFixture.aRefundOf(order.key()).status(RefundStatus.FROM_CREATOR);
        var punishment =
                new PunishmentObservation(Marketplace.TAOBAO, order.key().split(":")[1], true, "2", click, Map.of());
        var page = new FeedPage(List.of(), List.of(refund.build()), List.of(punishment), List.of(), 2, null);
        assertThat(intake.take(source, page)).isEqualTo(2);
        assertThat(intake.take(source, page)).isZero();
        get(World.CREATOR, "/orders/" + line(order)).statusCode(404);

        var line = take(order);
        get(World.CREATOR, "/orders/" + line).statusCode(200).body("frozen", is(true));
        get(World.CREATOR, "/orders/" + line + "/events")
                .body("items.kind", hasItems("REFUNDED", "PUNISHED", "OBSERVED"))
                .body("items.find { it.kind == 'REFUNDED' }.amountFen", is(100));
    }

    @Test
    void an_operator_holds_a_line_and_lets_it_go() {
        var line = take(orderOf(kit(World.CREATOR)));
        post(World.OPERATOR, "/orders/" + line + "/holds", Map.of("held", false, "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("hold-unchanged"));
        post(World.OPERATOR, "/orders/" + line + "/holds", Map.of("held", true, "reason", "刷单嫌疑"))
                .statusCode(201);
        get(World.CREATOR, "/orders/" + line).body("held", is(true));
        // What is told later does not let it go.
        post(World.OPERATOR, "/orders/" + line + "/holds", Map.of("held", true, "reason", "x"))
                .statusCode(409);
        post(World.OPERATOR, "/orders/" + line + "/holds", Map.of("held", false, "reason", "查清了"))
                .statusCode(201);
        get(World.CREATOR, "/orders/" + line).body("held", is(false));
        assertThat(audited(line)).containsExactly("order-held", "order-released");
    }

    @Test
    void an_order_of_nobody_is_claimed_with_evidence_and_a_slot_goes_before_the_claim() {
        var mine = kit(World.CREATOR);
        var code = mine.getString("placements[0].code");
        var order = anOrder();
        var line = take(order);
        var number = order.key().split(":")[1];
        var claim = Map.of("marketplace", "TAOBAO", "orderNo", number, "code", code, "text", "粉丝截图");
        post(World.OTHER_CREATOR, "/order-claims", claim).statusCode(404);
        post(World.CREATOR, "/order-claims", Map.of("marketplace", "TAOBAO", "orderNo", "1", "code", code, "text", "x"))
                .statusCode(404)
                .body("code", equalTo("order-not-claimable"));
        post(World.CREATOR, "/order-claims", Map.of("marketplace", "JD", "orderNo", number, "code", code, "text", "x"))
                .statusCode(422)
                .body("code", equalTo("placement-of-another-marketplace"));
        var id = post(World.CREATOR, "/order-claims", claim)
                .statusCode(201)
                .body("items", hasSize(1))
                .extract()
                .jsonPath()
                .getLong("items[0].id");
        post(World.CREATOR, "/order-claims", claim).statusCode(409).body("code", equalTo("claim-exists"));
        get(World.OTHER_CREATOR, "/order-claims?limit=200").body("items.findAll { it.id == " + id + " }", hasSize(0));

        post(World.OPERATOR, "/order-claims/" + id + "/decision", Map.of("accept", true, "reason", "属实"))
                .statusCode(200)
                .body("accepted", is(true));
        post(World.OPERATOR, "/order-claims/" + id + "/decision", Map.of("accept", false, "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("claim-decided"));
        get(World.CREATOR, "/orders/" + line)
                .statusCode(200)
                .body("confidence", equalTo("WINDOW"))
                .body("code", equalTo(code))
                .body("estimatedFen", is(630));
        assertThat(audited(line)).containsExactly("order-claimed", "order-claim-accepted");

        // The marketplace corrects itself: the slot was another creator's.
        var theirs = orderOf(kit(World.OTHER_CREATOR));
        take(order.slot(theirs.slot()).asOf(click));
        get(World.CREATOR, "/orders/" + line).statusCode(404);
        get(World.OTHER_CREATOR, "/orders/" + line).statusCode(200).body("confidence", equalTo("EXACT"));
    }

    @Test
    void a_claim_to_an_order_that_a_slot_has_named_since_is_refused() {
        var code = kit(World.CREATOR).getString("placements[0].code");
        var order = anOrder();
        var line = take(order);
        var id = post(
                        World.CREATOR,
                        "/order-claims",
                        Map.of(
                                "marketplace",
                                "TAOBAO",
                                "orderNo",
                                order.key().split(":")[1],
                                "code",
                                code,
                                "text",
                                "粉丝截图"))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("items[0].id");
        var theirs = orderOf(kit(World.OTHER_CREATOR));
        take(order.slot(theirs.slot()).asOf(click));

        var decision = "/order-claims/" + id + "/decision";
        post(World.OPERATOR, decision, Map.of("accept", true, "reason", "属实"))
                .statusCode(409)
                .body("code", equalTo("line-attributed"));
        get(World.OTHER_CREATOR, "/orders/" + line).statusCode(200).body("confidence", equalTo("EXACT"));
        post(World.OPERATOR, decision, Map.of("accept", false, "reason", "已归属"))
                .statusCode(200)
                .body("accepted", is(false));
    }

    @Test
    void a_brand_disputes_what_an_operator_decides_and_only_in_its_own_campaigns() {
        var kit = kit(World.CREATOR);
        var campaign = campaign(World.CREATOR);
        var order = orderOf(kit);
        var line = take(order);
        var id = attribution(line);
        given().redirects()
                .follow(false)
                .header("User-Agent", PHONE)
                .get("/r/" + kit.getString("placements[0].code"))
                .then()
                .statusCode(302);
        inbox.awaitTaken();

        get(World.BRAND, "/attributions?state=OPEN&campaign=" + campaign)
                .statusCode(200)
                .body("items.id", contains((int) id))
                .body("items[0].confidence", equalTo("EXACT"))
                .body("items[0].otherItem", is(false))
                .body("items[0].campaignIds", contains(campaign.toString()));
        get(otherBrand(), "/attributions/" + id).statusCode(404);
        get(World.BRAND, "/attributions/" + id)
                .statusCode(200)
                .body("evidence.leaseId", notNullValue())
                .body("models.basis", equalTo("VISITOR"))
                .body("models.items.code", contains(kit.getString("placements[0].code")))
                .body("models.items[0].shares.size()", is(5));
        post(otherBrand(), "/attributions/" + id + "/reviews", Map.of("verdict", "DISPUTED", "reason", "x"))
                .statusCode(404);
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "UPHELD", "reason", "x"))
                .statusCode(422)
                .body("code", equalTo("verdict-of-another-role"));
        post(World.OPERATOR, "/attributions/" + id + "/reviews", Map.of("verdict", "REJECTED", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("nothing-disputed"));
        assertThat(reviews.heldBonusLines(List.of(line), Instant.now())).isEmpty();

        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "DISPUTED", "reason", "自然流量"))
                .statusCode(201);
        assertThat(reviews.heldBonusLines(List.of(line), Instant.now())).containsExactly(line);
        get(World.BRAND, "/attributions?state=DISPUTED&campaign=" + campaign).body("items", hasSize(1));
        // The commission of the marketplace is not the brand's to hold.
        get(World.CREATOR, "/orders/" + line).body("estimatedFen", is(630)).body("held", is(false));

        post(World.OPERATOR, "/attributions/" + id + "/reviews", Map.of("verdict", "UPHELD", "reason", "同意"))
                .statusCode(201);
        assertThat(reviews.heldBonusLines(List.of(line), Instant.now())).isEmpty();
        assertThat(reviews.refusedBonusLines(List.of(line), Instant.now())).containsExactly(line);
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "ACCEPTED", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("review-decided"));
        assertThat(audited(line)).containsExactly("attribution-disputed", "attribution-upheld");
        // An operator who was wrong says the contrary.
        post(World.OPERATOR, "/attributions/" + id + "/reviews", Map.of("verdict", "REJECTED", "reason", "看错了"))
                .statusCode(201);
        assertThat(reviews.refusedBonusLines(List.of(line), Instant.now())).isEmpty();
        get(World.OPERATOR, "/orders/" + line + "/events").body("items.kind", hasItem("REVIEWED"));
    }

    @Test
    void only_the_brand_that_pays_for_a_line_reviews_it() {
        var kit = kit(World.CREATOR);
        var own = campaign(World.CREATOR);
        var paying = campaign(World.CREATOR);
        var another = campaigns.addBrand("b" + paying);
        jdbi.useHandle(handle -> handle.execute("update campaign set brand_id = ? where id = ?", another, paying));
        var line = take(orderOf(kit));
        var id = attribution(line);
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "DISPUTED", "reason", "自然流量"))
                .statusCode(201);
        get(World.BRAND, "/attributions/" + id)
                .body("attribution.reason", equalTo("自然流量"))
                .body("attribution.campaignIds", contains(own.toString()));

        jdbi.useHandle(handle ->
                handle.execute("update commission set campaign_id = ? where order_line_id = ?", paying, line));
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "ACCEPTED", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("not-yours-to-review"));
        get(World.BRAND, "/attributions/" + id)
                .body("attribution.reason", nullValue())
                .body("attribution.campaignIds", contains(own.toString()));
        get(World.OPERATOR, "/attributions/" + id).body("attribution.reason", equalTo("自然流量"));
    }

    @Test
    void a_dispute_lapses_a_week_after_the_settlement() {
        var kit = kit(World.CREATOR);
        campaign(World.CREATOR);
        var order = orderOf(kit).asOf(click);
        var line = take(order);
        var id = attribution(line);
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "DISPUTED", "reason", "x"))
                .statusCode(201);
        // The fixture settles a day after its noon, which is long past.
        var settledAt = ObservationFixture.NOON.plus(Duration.ofDays(1));
        take(order.status(OrderStatus.SETTLED).asOf(click.plusSeconds(1)));
        assertThat(reviews.heldBonusLines(
                        List.of(line), settledAt.plus(Duration.ofDays(7)).minusMillis(1)))
                .containsExactly(line);
        assertThat(reviews.heldBonusLines(List.of(line), settledAt.plus(Duration.ofDays(7))))
                .isEmpty();
        get(World.BRAND, "/attributions/" + id).body("attribution.state", equalTo("LAPSED"));
        post(World.BRAND, "/attributions/" + id + "/reviews", Map.of("verdict", "DISPUTED", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("review-too-late"));
        post(World.OPERATOR, "/attributions/" + id + "/reviews", Map.of("verdict", "UPHELD", "reason", "x"))
                .statusCode(409)
                .body("code", equalTo("nothing-disputed"));
    }

    @Test
    void campaign_and_brand_follow_the_item_that_was_ordered() {
        var kit = kit(World.CREATOR);
        var shown = campaign(World.CREATOR);
        item = item + "9";
        var ordered = campaign(World.CREATOR);
        var line = take(orderOf(kit));
        get(World.CREATOR, "/orders/" + line)
                .body("confidence", equalTo("EXACT"))
                .body("otherItem", is(true));
        get(World.BRAND, "/attributions?campaign=" + ordered).body("items", hasSize(1));
        get(World.BRAND, "/attributions?campaign=" + shown).body("items", hasSize(0));
        get(World.BRAND, "/orders/" + line).statusCode(200);
        get(otherBrand(), "/orders/" + line).statusCode(404);
    }

    @Test
    void what_a_month_rests_on_is_frozen_and_can_be_checked() {
        campaign(World.CREATOR);
        var kit = kit(World.CREATOR);
        var lines = List.of(take(orderOf(kit)), take(orderOf(kit)));
        var creator = jdbi.withHandle(handle -> handle.createQuery("select creator_id from person where login = :login")
                .bind("login", World.CREATOR)
                .mapTo(UUID.class)
                .one());
        var month = YearMonth.of(2000 + ThreadLocalRandom.current().nextInt(20), 1);
        var at = Instant.now();
        var head = QuarkusTransaction.requiringNew()
                .call(() -> evidence.freezeStatement(month, Evidence.Kind.CREATOR, creator, lines, at));
        var heads = QuarkusTransaction.requiringNew().call(() -> evidence.freezeBrands(month, lines, at));
        assertThat(heads).hasSize(1);

        // Frozen is frozen: what becomes of a line later does not change it.
        assertThat(QuarkusTransaction.requiringNew()
                        .call(() -> evidence.freezeStatement(month, Evidence.Kind.CREATOR, creator, List.of(), at)))
                .isEqualTo(head);
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute("update evidence_line set text = 'x'")))
                .hasMessageContaining("never changed");

        var chains = get(World.CREATOR, "/evidence?limit=200")
                .statusCode(200)
                .extract()
                .jsonPath();
        var id = chains.getLong("items.find { it.head == '" + head + "' }.id");
        assertThat(chains.getList("items.kind")).doesNotContain("BRAND");
        get(World.OTHER_CREATOR, "/evidence/" + id + "/file").statusCode(404);
        var file = get(World.CREATOR, "/evidence/" + id + "/file")
                .statusCode(200)
                .extract()
                .asString();
        assertThat(file.lines()).hasSize(4);
        assertThat(file).endsWith("#HEAD,2," + head + "\n").doesNotContain(creator.toString());
        get(World.BRAND, "/evidence?limit=200")
                .body("items.head", hasItem(heads.values().iterator().next()));
    }

    private UUID campaign(String creatorLogin) {
        var reference = ItemReference.of(Marketplace.TAOBAO, item);
        var offer = offers.ids(List.of(reference), Instant.now()).get(reference);
        var brand = jdbi.withHandle(handle -> handle.createQuery("select brand_id from person where login = :login")
                .bind("login", World.BRAND)
                .mapTo(UUID.class)
                .one());
        var creator = jdbi.withHandle(handle -> handle.createQuery("select creator_id from person where login = :login")
                .bind("login", creatorLogin)
                .mapTo(UUID.class)
                .one());
        var paidAt = ObservationFixture.NOON;
        var campaign =
                campaigns.addCampaign(brand, "c" + UUID.randomUUID(), paidAt.minusSeconds(60), paidAt.plusSeconds(60));
        campaigns.invite(campaign, creator);
        jdbi.useHandle(handle ->
                handle.execute("update campaign_creator set invited_at = '-infinity' where campaign_id = ?", campaign));
        jdbi.useHandle(handle -> handle.execute(
                "insert into campaign_offer (campaign_id, offer_id, added_at) values (?, ?, '-infinity')",
                campaign,
                offer));
        return campaign;
    }

    private String otherBrand() {
        var login = "b" + UUID.randomUUID().toString().substring(0, 8);
        QuarkusTransaction.requiringNew()
                .run(() -> people.addKey(
                        people.addPerson(login, login, Role.BRAND, null, campaigns.addBrand(login))
                                .personId(),
                        login,
                        "test"));
        return login;
    }

    private long attribution(UUID line) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select id from attribution where order_line_id = :line and current")
                        .bind("line", line)
                        .mapTo(Long.class)
                        .one());
    }
}
