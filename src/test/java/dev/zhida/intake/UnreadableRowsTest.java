package dev.zhida.intake;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.MovingClock;
import dev.zhida.OwnDatabase;
import dev.zhida.World;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.People;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Money;
import dev.zhida.order.ObservationFixture;
import dev.zhida.slot.Slots;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** An order that was told and could not be understood, from its window to the lock of its month and back. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class UnreadableRowsTest {

    private static final YearMonth FEBRUARY = YearMonth.of(2026, 2);
    private static final String RAW = "{\"trade_id\":\"x\"}";

    @Inject
    World world;

    @Inject
    PullStore store;

    @Inject
    Intake intake;

    @Inject
    AuditTrail audit;

    @Inject
    PullConfig config;

    @Inject
    MeterRegistry metrics;

    @Inject
    TokenCounts tokens;

    @Inject
    PayDays payDays;

    @Inject
    Connections connections;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    Ledger ledger;

    @Inject
    Jdbi jdbi;

    /** Noon of March 1st in Shanghai: what is pulled begins in February. */
    private final MovingClock clock =
            new MovingClock(Clock.fixed(Instant.parse("2026-03-01T04:00:00Z"), ZoneOffset.UTC));

    private final ScriptedMarketplace marketplace = new ScriptedMarketplace();
    private UUID account;
    private Pulls pulls;
    private PullJob job;

    private static ValidatableResponse post(String key, String path, Object body) {
        return given().header("Authorization", "Bearer " + key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/" + path)
                .then();
    }

    private static ValidatableResponse get(String path) {
        return given().header("Authorization", "Bearer test-operator")
                .get("/api/v1/" + path)
                .then();
    }

    private ValidatableResponse lock() {
        return post("test-finance", "periods/" + FEBRUARY + "/lock", Map.of());
    }

    /** A second later, as a node does it. */
    private void look() throws InterruptedException {
        clock.pass(Duration.ofSeconds(1));
        job.look();
        for (var i = 0;
                i < 600 && store.windows(filter(null), null, 1_000).stream().anyMatch(this::isOpen);
                i++) {
            Thread.sleep(50);
        }
        assertThat(store.windows(filter(null), null, 1_000)).noneMatch(this::isOpen);
        // What its windows tell by now.
        job.look();
    }

    private int retry() {
        var operator = people.personOf("test-operator").orElseThrow();
        return QuarkusTransaction.requiringNew().call(() -> pulls.retry(account, null, null, operator));
    }

    private boolean isOpen(PullWindow window) {
        return window.state() == PullWindow.State.PENDING || window.state() == PullWindow.State.RUNNING;
    }

    private PullStore.Filter filter(PullWindow.Kind kind) {
        return new PullStore.Filter(account, null, null, kind);
    }

    @Test
    void a_row_that_cannot_be_understood_is_lacking_until_its_window_is_read_without_it() throws Exception {
        world.prepare();
        account = slots.addAccount(Marketplace.TAOBAO, "unreadable");
        given().header("Authorization", "Bearer test-operator")
                .contentType(ContentType.JSON)
                .body(Map.of("appKey", "key", "secret", "secret"))
                .put("/api/v1/connections/" + account)
                .then()
                .statusCode(200);
        var creator = new Account(
                Account.Kind.CREATOR_CONFIRMED, people.addCreator("creator").toString());
        var flow = new Flow(new Account(Account.Kind.RECEIVABLE, "TAOBAO"), creator);
        QuarkusTransaction.requiringNew()
                .run(() -> ledger.post(
                        List.of(new Target("test", Map.of(flow, Money.ofFen(100)), FEBRUARY, "test")), Instant.now()));
        marketplace.serves = account;
        marketplace.widest = Duration.ofDays(2);
        marketplace.has(ObservationFixture.anObservation()
                .asOf(Instant.parse("2026-02-28T08:00:00Z"))
                .build());
        marketplace.unreadable.add(new FeedPage.Unreadable("no amount", RAW));
        pulls = new Pulls(store, intake, audit, config, metrics, clock);
        job = new PullJob(
                pulls,
                store,
                tokens,
                payDays,
                connections,
                new Connectors(List.of(marketplace)),
                config,
                metrics,
                clock);

        look();
        var window = store.windows(filter(PullWindow.Kind.LIVE), null, 10).getFirst();
        assertThat(window.state()).isEqualTo(PullWindow.State.COMPLETE);
        assertThat(job.alarms())
                .extracting(PullJob.Alarm::what)
                .containsExactly("told rows that could not be understood");
        get("pull-windows/coverage?account=" + account).body("items[0].unreadable", is(1));
        get("pull-windows/" + window.id() + "/unreadable")
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].reason", is("no amount"))
                .body("items[0].raw", is(RAW))
                .body("items[0].resolvedAt", nullValue());
        lock().statusCode(409)
                .body("code", is("month-incomplete"))
                .body("errors", hasSize(1))
                .body("errors[0].field", matchesPattern("TAOBAO unreadable ORDERS_UPDATED, row [0-9a-f]{16}"))
                .body("errors[0].reason", containsString("no amount"));

        // Nothing has been mended yet.
        assertThat(retry()).isPositive();
        look();
        lock().statusCode(409).body("errors", hasSize(1));

        // By now it is understood.
        marketplace.unreadable.clear();
        assertThat(retry()).isPositive();
        // Until it is read again its time is not covered.
        lock().statusCode(409).body("errors", hasSize(2));
        look();
        assertThat(job.alarms()).isEmpty();
        get("pull-windows/" + window.id() + "/unreadable").body("items[0].resolvedAt", notNullValue());
        get("pull-windows/coverage?account=" + account).body("items[0].unreadable", is(0));
        assertThat(retry()).isZero();
        lock().statusCode(202);
        long lines = jdbi.withHandle(h -> h.createQuery("select count(*) from order_line where account_id = :id")
                .bind("id", account)
                .mapTo(Long.class)
                .one());
        assertThat(lines).isEqualTo(1);
    }
}
