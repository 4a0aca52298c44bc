package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every operation of the contract against every role: who may not, cannot. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class AccessTest {

    private static final Set<String> ALL =
            Set.of(World.CREATOR, World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR);

    /** Who may call what. An operation that is missing here fails the test. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("POST /api/v1/link-kits", Set.of(World.CREATOR)),
            Map.entry("GET /api/v1/link-kits", Set.of(World.CREATOR)),
            Map.entry("POST /api/v1/link-kits/bulk", Set.of(World.CREATOR)),
            Map.entry("POST /api/v1/link-kits/csv", Set.of(World.CREATOR)),
            Map.entry("GET /api/v1/placements/{code}", ALL),
            Map.entry("POST /api/v1/placements/{code}/disable", Set.of(World.CREATOR, World.OPERATOR)),
            Map.entry("PUT /api/v1/placements/{code}/link", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/offers/{id}", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("PUT /api/v1/offers/{id}", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/placements/{code}/touches", ALL),
            Map.entry(
                    "GET /api/v1/placements/{code}/native-tokens",
                    Set.of(World.CREATOR, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/placements/{code}/picture", Set.of(World.CREATOR)),
            Map.entry("POST /api/v1/placements/{code}/native-tokens", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/open-links", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/native-tokens", Set.of(World.CREATOR, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/share-templates", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("PUT /api/v1/share-templates", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/order-reports", Set.of(World.OPERATOR)),
            Map.entry("PUT /api/v1/report-mappings/{marketplace}", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/report-mappings/{marketplace}", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/pull-windows", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/pull-windows/coverage", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/pull-windows/{id}/unreadable", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/pull-windows/retries", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/pull-backfills", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/pull-backfills", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/pull-backfills/{id}", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/orders", ALL),
            Map.entry("GET /api/v1/orders/{id}", ALL),
            Map.entry(
                    "GET /api/v1/orders/{id}/events",
                    Set.of(World.CREATOR, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/orders/{id}/decisions", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/orders/{id}/decisions", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/orders/{id}/holds", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/order-claims", Set.of(World.CREATOR)),
            Map.entry("GET /api/v1/order-claims", Set.of(World.CREATOR, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/order-claims/{number}/decision", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/attributions", Set.of(World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry(
                    "GET /api/v1/attributions/{number}",
                    Set.of(World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/attributions/{number}/reviews", Set.of(World.BRAND, World.OPERATOR)),
            Map.entry("GET /api/v1/evidence", ALL),
            Map.entry("GET /api/v1/evidence/{number}/file", ALL),
            Map.entry(
                    "GET /api/v1/orders/{id}/why", Set.of(World.CREATOR, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/brands", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/brands", Set.of(World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/campaigns", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/campaigns", ALL),
            Map.entry("GET /api/v1/campaigns/{id}", ALL),
            Map.entry("PUT /api/v1/campaigns/{id}", Set.of(World.OPERATOR)),
            Map.entry("PUT /api/v1/campaigns/{id}/offers", Set.of(World.OPERATOR)),
            Map.entry("PUT /api/v1/campaigns/{id}/creators", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/rules", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/rules", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/rules/preview", Set.of(World.FINANCE, World.OPERATOR)),
            Map.entry("GET /api/v1/fee-settings", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/fee-settings", Set.of(World.FINANCE, World.OPERATOR)),
            Map.entry("GET /api/v1/tiers", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/tiers", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/agencies", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/agencies", Set.of(World.OPERATOR)),
            Map.entry(
                    "GET /api/v1/month-ends/{month}",
                    Set.of(World.CREATOR, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/commissions", Set.of(World.CREATOR, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/commissions.csv", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/commissions.xlsx", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/statements.csv", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/statement-lines.csv", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/orders.csv", Set.of(World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/payout-items.csv", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/reconciliation-rows.csv", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/periods", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/periods/{month}", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/periods/{month}/lock", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/periods/{month}/lock/approve", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/periods/{month}/lock/override", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/statements", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/statements/{id}", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/statements/{id}/lines", Set.of(World.CREATOR, World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/payouts", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/payouts", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/payouts/{id}", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/payouts/{id}/items", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/payouts/{id}/approve", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/payouts/{id}/cancel", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/payouts/{id}/confirm-payees", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/payouts/{id}/export", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/payouts/{id}/results", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/payees/{holder}", Set.of(World.FINANCE)),
            Map.entry("PUT /api/v1/payees/{holder}", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/tax-settings", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/tax-settings", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/adjustments", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/adjustments", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/adjustments/{id}/approve", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/adjustments/{id}/reject", Set.of(World.FINANCE)),
            Map.entry("POST /api/v1/reconciliations", Set.of(World.FINANCE)),
            Map.entry("GET /api/v1/reconciliations", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/reconciliations/{id}", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/reconciliations/{id}/rows", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("GET /api/v1/reports/comparison", ALL),
            Map.entry("GET /api/v1/reports/funnel", ALL),
            Map.entry("GET /api/v1/reports/funnel.csv", ALL),
            Map.entry("GET /api/v1/reports/trend", ALL),
            Map.entry("GET /api/v1/reports/trend.csv", ALL),
            Map.entry("GET /api/v1/reports/click-to-order", ALL),
            Map.entry("GET /api/v1/reports/click-to-order.csv", ALL),
            Map.entry(
                    "GET /api/v1/reports/campaigns/{id}",
                    Set.of(World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry(
                    "GET /api/v1/reports/campaigns/{id}.csv",
                    Set.of(World.BRAND, World.FINANCE, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/experiments", Set.of(World.CREATOR, World.BRAND)),
            Map.entry("POST /api/v1/experiments/by-post", Set.of(World.CREATOR, World.BRAND)),
            Map.entry(
                    "GET /api/v1/experiments/{id}/posts",
                    Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/experiments/{id}/posts/{number}", Set.of(World.CREATOR, World.BRAND)),
            Map.entry("GET /api/v1/experiments", Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/experiments/{id}/start", Set.of(World.CREATOR, World.BRAND)),
            Map.entry("POST /api/v1/experiments/{id}/stop", Set.of(World.CREATOR, World.BRAND, World.OPERATOR)),
            Map.entry(
                    "GET /api/v1/reports/experiments/{id}",
                    Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry(
                    "GET /api/v1/reports/experiments/{id}.csv",
                    Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/openness", Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/openness/alerts", Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry(
                    "GET /api/v1/openness/timeline", Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/openness/alerts/{id}/accept", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/openness/alerts/{id}/dismiss", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/openness/replays", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/reports/comparison.csv", ALL),
            Map.entry("POST /api/v1/exposures", Set.of(World.CREATOR)),
            Map.entry("POST /api/v1/exposures/csv", Set.of(World.CREATOR)),
            Map.entry("GET /api/v1/host-app-rules", Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry(
                    "GET /api/v1/host-app-rules/decision",
                    Set.of(World.CREATOR, World.BRAND, World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/host-app-rules", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/balances", Set.of(World.FINANCE, World.AUDITOR)),
            Map.entry("POST /api/v1/touch-rules/runs", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/people", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/people", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/people/{id}/disable", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/people/{id}/enable", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/people/{id}/keys", Set.of(World.OPERATOR)),
            Map.entry("DELETE /api/v1/people/{id}/keys/{key}", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/people/me", ALL),
            Map.entry("POST /api/v1/people/me/keys", ALL),
            Map.entry("DELETE /api/v1/people/me/keys/{key}", ALL),
            Map.entry("POST /api/v1/marketplace-accounts", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/connections", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/connections/{accountId}", Set.of(World.OPERATOR)),
            Map.entry("PUT /api/v1/connections/{accountId}", Set.of(World.OPERATOR)),
            Map.entry("DELETE /api/v1/connections/{accountId}", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/connections/{accountId}/test", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/connections/encryption", Set.of(World.OPERATOR)),
            Map.entry("GET /api/v1/marketplace-accounts", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("GET /api/v1/marketplace-accounts/{id}/slots", Set.of(World.OPERATOR, World.AUDITOR)),
            Map.entry("POST /api/v1/marketplace-accounts/{id}/slots/csv", Set.of(World.OPERATOR)),
            Map.entry("PUT /api/v1/pdd-authorities/{id}", Set.of(World.OPERATOR)),
            Map.entry("POST /api/v1/marketplace-accounts/{id}/slots", Set.of(World.OPERATOR)));

    /** What fans call, who are nobody we know. */
    private static final Set<String> PUBLIC = Set.of("POST /api/v1/pastes");

    @Inject
    World world;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static List<String> operations() {
        Map<String, Map<String, Object>> paths = given().accept(ContentType.JSON)
                .get("/openapi?format=json")
                .jsonPath()
                .getMap("paths");
        var operations = new ArrayList<String>();
        paths.forEach((path, methods) ->
                methods.keySet().forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return operations;
    }

    private static int status(String operation, String key) {
        var parts = operation.split(" ");
        var path = parts[1].replace("{code}", "AAAAAAAA")
                .replace("{marketplace}", "JD")
                .replace("{period}", "2026-01")
                .replace("{month}", "2026-01")
                .replace("{number}", "0")
                .replaceAll("\\{\\w+}", "00000000-0000-0000-0000-000000000000");
        var request = key == null ? given() : given().header("Authorization", "Bearer " + key);
        if (path.endsWith("/order-reports") || path.endsWith("/reconciliations") || path.endsWith("/csv")) {
            request = request.multiPart("nothing", "x");
        } else if (parts[0].equals("POST") || parts[0].equals("PUT")) {
            request = request.contentType(ContentType.JSON).body("{}");
        }
        return request.request(parts[0], path).statusCode();
    }

    @Test
    void every_operation_is_listed_here() {
        var listed = new TreeSet<>(ALLOWED.keySet());
        listed.addAll(PUBLIC);
        assertThat(new TreeSet<>(operations())).isEqualTo(listed);
    }

    @Test
    void nobody_gets_in_without_a_valid_key() {
        for (var operation : ALLOWED.keySet()) {
            assertThat(status(operation, null)).as(operation).isEqualTo(401);
            assertThat(status(operation, "guessed")).as(operation).isEqualTo(401);
        }
        for (var operation : PUBLIC) {
            assertThat(status(operation, null)).as(operation).isNotIn(401, 403);
        }
        given().get("/api/v1/does-not-exist").then().statusCode(401).body("code", equalTo("unauthenticated"));
    }

    @Test
    void a_role_gets_as_far_as_it_may_and_no_further() {
        ALLOWED.forEach((operation, allowed) -> {
            for (var key : ALL) {
                var status = status(operation, key);
                if (allowed.contains(key)) {
                    assertThat(status)
                            .as(operation + " as " + key)
                            .isNotIn(401, 403)
                            .isLessThan(500);
                } else {
                    assertThat(status).as(operation + " as " + key).isEqualTo(403);
                }
            }
        });
    }

    @Test
    void a_fault_of_ours_tells_no_details() {
        assertThat(RestAssured.given().get("/r/%00").asString()).doesNotContain("Exception");
    }
}
