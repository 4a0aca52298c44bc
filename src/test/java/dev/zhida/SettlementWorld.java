package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.zhida.identity.People;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.marketplace.taobao.TaobaoReportFixture;
import dev.zhida.money.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.http.ContentType;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the tests of settlement share: books to post into, months that are locked in their order, orders that a
 * marketplace reports. The month that a test locks is the next one, whatever others have locked before it.
 */
@ApplicationScoped
class SettlementWorld {

    private static final YearMonth BEFORE = YearMonth.of(2015, 12);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    Ledger ledger;

    void prepare() {
        world.prepare();
        if (ledger.lastLocked().isEmpty()) {
            book(earned(unique(), creator(), 1, BEFORE));
            lock(BEFORE);
        }
    }

    /** The month that is locked next. */
    YearMonth open() {
        return ledger.lastLocked().orElseThrow().plusMonths(1);
    }

    void lock(YearMonth month) {
        post(World.FINANCE, "periods/" + month + "/lock").statusCode(202).body("state", is("LOCK_ASKED"));
        post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(200)
                .body("state", is("LOCKED"));
    }

    UUID creator() {
        return people.addCreator("creator");
    }

    UUID agency() {
        return UUID.fromString(post(World.OPERATOR, "agencies", Map.of("name", "mcn-" + UUID.randomUUID()))
                .statusCode(201)
                .extract()
                .path("id"));
    }

    void book(Target... targets) {
        QuarkusTransaction.requiringNew().run(() -> ledger.post(List.of(targets), Instant.now()));
    }

    long balance(Kind kind, UUID creator) {
        return ledger.balances(List.of(kind))
                .getOrDefault(account(kind, creator), Money.ZERO)
                .fen();
    }

    Map<String, Object> statement(UUID creator, YearMonth month) {
        return get(World.FINANCE, "statements?creator=" + creator + "&period=" + month)
                .statusCode(200)
                .body("items", hasSize(1))
                .extract()
                .jsonPath()
                .getMap("items[0]");
    }

    void payee(UUID creator) {
        payee(creator, Map.of("channel", "ALIPAY", "name", "安娜", "account", "anna" + creator + "@example.com"));
    }

    void payee(UUID holder, Map<String, String> payee) {
        as(World.FINANCE)
                .contentType(ContentType.JSON)
                .body(payee)
                .put("/api/v1/payees/" + holder)
                .then()
                .statusCode(200);
    }

    ExtractableResponse<Response> kit(String creator, String item) {
        return post(
                        creator,
                        "link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=" + item,
                                "channels",
                                List.of(Map.of("platform", "WEIBO", "scene", "NOTE")),
                                "media",
                                List.of("LINK")))
                .statusCode(201)
                .extract();
    }

    String pid(String item) {
        return kit(World.CREATOR, item).path("placements[0].slot.value");
    }

    void report(String orderNo, String item, String pid, String settled, YearMonth month, Instant exportedAt) {
        var parts = pid.split("_");
        var row = Map.of(
                "订单编号",
                orderNo,
                "商品ID",
                item,
                "商品信息",
                "=大衣",
                "点击时间",
                LOCAL.format(Instant.now()),
                "创建时间",
                month.atDay(3) + " 12:00:00",
                "订单状态",
                "订单结算",
                "效果预估",
                "20.00",
                "预估收入",
                settled,
                "结算金额",
                "100.00",
                "结算时间",
                month.atDay(15) + " 12:00:00");
        var whole = new HashMap<>(row);
        whole.put("来源媒体ID", parts[2]);
        whole.put("广告位ID", parts[3]);
        as(World.OPERATOR)
                .multiPart(
                        "file",
                        "订单明细.csv",
                        TaobaoReportFixture.aReport().row(whole).csv())
                .multiPart("marketplace", "TAOBAO")
                .multiPart("account", World.ACCOUNT)
                .multiPart("exportedAt", exportedAt.toString())
                .post("/api/v1/order-reports")
                .then()
                .statusCode(200)
                .body("accepted", is(1));
    }

    static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    static ValidatableResponse post(String key, String path, Object body) {
        return as(key).contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/" + path)
                .then();
    }

    static ValidatableResponse post(String key, String path) {
        return as(key).post("/api/v1/" + path).then();
    }

    static ValidatableResponse get(String key, String path) {
        return as(key).get("/api/v1/" + path).then();
    }

    static Account account(Kind kind, UUID creator) {
        return new Account(kind, creator.toString());
    }

    /** What the source has earned for her in all. */
    static Target earned(String source, UUID creator, long fen, YearMonth month) {
        return shared(source, Map.of(account(Kind.CREATOR_CONFIRMED, creator), fen), month);
    }

    /** What the source has earned for each of them in all. */
    static Target shared(String source, Map<Account, Long> fenByAccount, YearMonth month) {
        var shop = new Account(Kind.RECEIVABLE, "TAOBAO");
        var flows = new HashMap<Flow, Money>();
        fenByAccount.forEach((account, fen) -> {
            if (fen > 0) {
                flows.put(new Flow(shop, account), Money.ofFen(fen));
            } else if (fen < 0) {
                flows.put(new Flow(account, shop), Money.ofFen(-fen));
            }
        });
        return new Target(source, flows, month, "test");
    }

    static String unique() {
        return "test/" + UUID.randomUUID();
    }

    static Map<String, Object> wish(UUID creator) {
        return Map.of("channel", "ALIPAY", "minimumFen", 1, "creators", List.of(creator));
    }

    static String orderNo() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE));
    }

    static String item() {
        return Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }
}
