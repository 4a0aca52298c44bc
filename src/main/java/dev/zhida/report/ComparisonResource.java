package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.comparison.Interval;
import dev.zhida.comparison.Proportions;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Jdbi;

@Path("/api/v1/reports/comparison")
@Tag(name = "Reports", description = "What works where.")
class ComparisonResource {

    /** Fewer exposures than this, or fewer expected orders, and nothing is claimed. */
    private static final long LEAST_EXPOSURES = 100;

    private static final double LEAST_EXPECTED_ORDERS = 5;

    /** What a group is, as a column of the placement. */
    private static final Map<String, String> COLUMN_BY_GROUPING = Map.of(
            "platform", "p.platform",
            "scene", "p.scene",
            "label", "p.label",
            "creator", "p.creator_id::text",
            "campaign", "coalesce(p.campaign_id::text, '')",
            "offer", "p.offer_id::text");

    private final Jdbi jdbi;
    private final CurrentCaller caller;
    private final Clock clock;

    ComparisonResource(Jdbi jdbi, CurrentCaller caller, Clock clock) {
        this.jdbi = jdbi;
        this.caller = caller;
        this.clock = clock;
    }

    /** Whether the numbers of a group allow a claim. */
    enum State {
        READY,
        COLLECTING,
        INVALID_DENOMINATOR
    }

    @Schema(name = "ComparisonArm")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ArmView(
            @Schema(required = true, description = "People's non-repeat clicks, or pastes of the token.")
            long n,

            @Schema(required = true, description = "Distinct parent orders that are certain to come from it.")
            long orders,

            @Schema(description = "Orders per n; absent where it cannot be one.")
            Double rate,

            @Schema(description = "Wilson's 95 % interval.") Double low,
            Double high) {

        static ArmView of(long n, long orders) {
            if (n == 0 || orders > n) {
                return new ArmView(n, orders, null, null, null);
            }
            var rate = Proportions.wilson(orders, n);
            return new ArmView(n, orders, rate.estimate(), rate.low(), rate.high());
        }
    }

    @Schema(name = "ComparisonGroup")
    record GroupView(
            @Schema(required = true) String key,
            @Schema(required = true) Map<Medium, ArmView> arms,

            @Schema(nullable = true, description = "TOKEN less LINK, with Newcombe's 95 % interval.")
            Interval difference,

            @Schema(required = true) State state) {}

    @Schema(name = "Comparison")
    record ComparisonView(
            @Schema(required = true) Instant dataTo,
            @Schema(required = true) String denominator,
            @Schema(required = true) List<GroupView> groups) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "compareMedia",
            summary = "Token against link",
            description = "Orders per person who clicked the link or pasted the token, by group.")
    public ComparisonView compare(
            @QueryParam("by")
                    @DefaultValue("platform")
                    @Schema(enumeration = {"platform", "scene", "label", "creator", "campaign", "offer"})
                    String by,
            @QueryParam("from") @Schema(description = "Acts and clicks of then or later.") Instant from,
            @QueryParam("until") @Schema(description = "Acts and clicks before then.") Instant until) {
        var column = COLUMN_BY_GROUPING.get(by);
        if (column == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "grouping-unknown",
                    "`by` is one of "
                            + COLUMN_BY_GROUPING.keySet().stream().sorted().toList());
        }
        var at = clock.instant();
        var groups = count(column, caller.get().scope(), from, until).entrySet().stream()
                .map(group -> group(group.getKey(), group.getValue()))
                .toList();
        return new ComparisonView(at, "human-clicks", groups);
    }

    private static GroupView group(String key, Map<Medium, ArmView> arms) {
        var link = arms.get(Medium.LINK);
        var token = arms.get(Medium.TOKEN);
        if (arms.values().stream().anyMatch(arm -> arm.orders() > arm.n())) {
            return new GroupView(key, arms, null, State.INVALID_DENOMINATOR);
        }
        if (link == null || token == null || link.n() == 0 || token.n() == 0) {
            return new GroupView(key, arms, null, State.COLLECTING);
        }
        var difference = Proportions.difference(token.orders(), token.n(), link.orders(), link.n());
        var pooled = (double) (link.orders() + token.orders()) / (link.n() + token.n());
        var smaller = Math.min(link.n(), token.n());
        var ready = smaller >= LEAST_EXPOSURES && smaller * pooled >= LEAST_EXPECTED_ORDERS;
        return new GroupView(key, arms, difference, ready ? State.READY : State.COLLECTING);
    }

    private Map<String, Map<Medium, ArmView>> count(String column, Scope scope, Instant from, Instant until) {
        var groups = new TreeMap<String, Map<Medium, ArmView>>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        with seen as (
                            select p.id, %1$s key, p.medium
                            from placement p left join campaign m on m.id = p.campaign_id
                            where (:creator::uuid is null or p.creator_id = :creator)
                              and (:brand::uuid is null or m.brand_id = :brand)
                        ), people as (
                            select s.key, s.medium, count(distinct (t.day, t.placement_id, t.visitor)) n
                            from seen s join touch t on t.placement_id = s.id
                            where t.human and t.kind = case when s.medium = 'LINK' then 'CLICK' else 'PASTE' end
                              and (:from::timestamptz is null or t.at >= :from)
                              and (:until::timestamptz is null or t.at < :until)
                            group by 1, 2
                        ), bought as (
                            select s.key, s.medium, count(distinct (o.marketplace, o.parent_no)) orders
                            from seen s
                            join attribution a on a.placement_id = s.id and a.current and a.confidence = 'EXACT'
                            join order_line o on o.id = a.order_line_id
                            where o.status in ('PAID', 'RECEIVED', 'SETTLED')
                              and (:from::timestamptz is null or o.clicked_at >= :from)
                              and (:until::timestamptz is null or o.clicked_at < :until)
                            group by 1, 2
                        )
                        select key, medium, coalesce(n, 0) n, coalesce(orders, 0) orders
                        from (select distinct key, medium from seen) g
                        left join people using (key, medium) left join bought using (key, medium)
                        """.formatted(column))
                .bind("creator", scope.creatorOnly())
                .bind("brand", scope.brandOnly())
                .bind("from", from)
                .bind("until", until)
                .map((row, context) -> groups.computeIfAbsent(row.getString("key"), key -> new EnumMap<>(Medium.class))
                        .put(
                                Medium.valueOf(row.getString("medium")),
                                ArmView.of(row.getLong("n"), row.getLong("orders"))))
                .list());
        return groups;
    }
}
