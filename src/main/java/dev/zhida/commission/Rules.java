package dev.zhida.commission;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.AuditTrail;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The commission rules: adding them, trying them, and the book that lines are counted by. */
@ApplicationScoped
public class Rules {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    /** The last book that was read; a book of the same last version is the same, because versions never change. */
    private volatile Known known = new Known(-1, null);

    Rules(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    private record Known(int version, RuleBook book) {}

    /**
     * A rule to add or to try; what {@link Rule} says of each part holds.
     *
     * @param fromAt {@code null} for now
     */
    public record NewRule(Ground ground, Rule.Terms terms, Instant fromAt, Instant untilAt, boolean withdrawn) {}

    /** The book as it stands. */
    RuleBook book(Handle handle) {
        var version = handle.createQuery("select coalesce(max(version), 0) from commission_rule")
                .mapTo(Integer.class)
                .one();
        var last = known;
        if (last.version() != version) {
            last = new Known(version, new RuleBook(all(handle)));
            known = last;
        }
        return last.book();
    }

    private static List<Rule> all(Handle handle) {
        return handle.createQuery("select * from commission_rule order by version")
                .map((row, context) -> rule(row))
                .list();
    }

    /** Versions, newest first, from before {@code before}. */
    List<Rule> versions(Integer before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select * from commission_rule where (:before::int is null or version < :before)
                        order by version desc limit :limit
                        """)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> rule(row))
                .list());
    }

    /** The versions that hold at an instant, newest first, from before {@code before}. */
    List<Rule> inForce(Instant at, Integer before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select * from (
                            select distinct on (creator_id, campaign_id, medium, platform, marketplace) *
                            from commission_rule where effective_from <= :at
                            order by creator_id, campaign_id, medium, platform, marketplace, effective_from desc) r
                        where not withdrawn and (effective_until is null or effective_until > :at)
                          and (:before::int is null or version < :before)
                        order by version desc limit :limit
                        """)
                .bind("at", utc(at))
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> rule(row))
                .list());
    }

    /**
     * Adds a rule. From its start on it takes the place of an earlier version about the same ground.
     *
     * @throws Refusal {@code rule-starts-in-the-past}, {@code rule-period}, {@code rule-needed},
     *     {@code rule-names-unknown}, {@code rule-tie}
     */
    @Transactional
    public Rule add(NewRule rule, UUID personId) {
        var now = clock.instant();
        var from = rule.fromAt() == null ? now : rule.fromAt();
        if (from.isBefore(now)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "rule-starts-in-the-past",
                    "orders are counted by the rules they were paid under: leave out `effectiveFrom`, or name a time to come");
        }
        if (rule.untilAt() != null && !rule.untilAt().isAfter(from)) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "rule-period", "a rule ends after it starts: effectiveUntil > effectiveFrom");
        }
        if (rule.ground().equals(Ground.ANY) && (rule.withdrawn() || rule.untilAt() != null)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "rule-needed",
                    "the rule about everything has no end: add another one about everything to take its place");
        }
        return jdbi.withHandle(handle -> {
            // One after the other, so that versions are seen in their order and a book is known by its last one.
            handle.execute("select pg_advisory_xact_lock(hashtext('commission-rule'))");
            requireKnown(handle, rule);
            var version = insert(handle, rule, from, now, personId);
            var added = new Rule(version, rule.ground(), rule.terms(), from, rule.untilAt(), rule.withdrawn());
            var detail = new LinkedHashMap<String, Object>();
            detail.put("name", rule.terms().name());
            detail.put("effectiveFrom", from.toString());
            detail.put("withdrawn", rule.withdrawn());
            audit.add(personId, "rule-added", "rule/" + version, detail, now);
            return added;
        });
    }

    private static int insert(Handle handle, NewRule rule, Instant from, Instant now, UUID personId) {
        var ground = rule.ground();
        var terms = rule.terms();
        return handle.createQuery("""
                        insert into commission_rule (name, creator_id, campaign_id, medium, platform, marketplace, kind,
                            creator_share, fixed_fen, floor_fen, cap_fen, agency_id, agency_share, effective_from,
                            effective_until, withdrawn, created_at, created_by)
                        values (:name, :creator, :campaign, :medium, :platform, :marketplace, :kind,
                            :share, :fixed, :floor, :cap, :agency, :agencyShare, :from, :until, :withdrawn, :now, :by)
                        on conflict on constraint commission_rule_tie do nothing
                        returning version
                        """)
                .bind("name", terms.name())
                .bind("creator", ground.creatorId())
                .bind("campaign", ground.campaignId())
                .bind("medium", name(ground.medium()))
                .bind("platform", name(ground.platform()))
                .bind("marketplace", name(ground.marketplace()))
                .bind("kind", terms.kind().name())
                .bind("share", fraction(terms.share()))
                .bind("fixed", fen(terms.fixed()))
                .bind("floor", fen(terms.floor()))
                .bind("cap", fen(terms.cap()))
                .bind("agency", terms.agencyId())
                .bind("agencyShare", fraction(terms.agencyShare()))
                .bind("from", utc(from))
                .bind("until", rule.untilAt() == null ? null : utc(rule.untilAt()))
                .bind("withdrawn", rule.withdrawn())
                .bind("now", utc(now))
                .bind("by", personId)
                .mapTo(Integer.class)
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.CONFLICT,
                        "rule-tie",
                        "a rule about the same creator, campaign, medium, platform and marketplace starts at that very time, "
                                + "so neither would win: choose another start"));
    }

    private static void requireKnown(Handle handle, NewRule rule) {
        var errors = new ArrayList<Refusal.FieldError>();
        check(handle, errors, "creator", "creatorId", rule.ground().creatorId());
        check(handle, errors, "campaign", "campaignId", rule.ground().campaignId());
        check(handle, errors, "agency", "agencyId", rule.terms().agencyId());
        if (!errors.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "rule-names-unknown", "the rule names what there is not: see errors", errors);
        }
    }

    private static void check(Handle handle, List<Refusal.FieldError> errors, String table, String field, UUID id) {
        if (id != null
                && !handle.createQuery("select exists (select from " + table + " where id = :id)")
                        .bind("id", id)
                        .mapTo(Boolean.class)
                        .one()) {
            errors.add(new Refusal.FieldError(field, "there is no " + table + " with the id " + id));
        }
    }

    /**
     * What a creator was paid for the lines of a month and what other rules would have paid her.
     *
     * @param creatorId {@code null} for the lines of nobody
     * @param changed how many lines would have brought another amount
     */
    record Outcome(UUID creatorId, String name, long lines, long changed, Money paid, Money would) {

        Outcome plus(Outcome other) {
            return new Outcome(
                    creatorId,
                    name,
                    lines + other.lines,
                    changed + other.changed,
                    paid.plus(other.paid),
                    would.plus(other.would));
        }
    }

    /**
     * What a month's lines would have brought their creators had these rules held all the time, in place of the versions
     * about their grounds; all other rules as they were. Reads lines one after the other and moves nothing.
     *
     * @throws Refusal {@code rule-needed}, {@code rule-tie}, {@code rule-names-unknown}
     */
    List<Outcome> preview(YearMonth month, List<NewRule> tried) {
        var grounds = new HashSet<Ground>();
        for (var rule : tried) {
            if (!grounds.add(rule.ground())) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "rule-tie",
                        "two of the rules are about the same ground: neither would win");
            }
            if (rule.ground().equals(Ground.ANY) && rule.withdrawn()) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "rule-needed",
                        "the rule about everything can be replaced, not withdrawn");
            }
        }
        // A cursor needs a transaction; without one the driver would fetch everything at once.
        return jdbi.inTransaction(handle -> {
            tried.forEach(rule -> requireKnown(handle, rule));
            var rules = new ArrayList<>(all(handle).stream()
                    .filter(rule -> !grounds.contains(rule.ground()))
                    .toList());
            tried.forEach(
                    rule -> rules.add(new Rule(0, rule.ground(), rule.terms(), Instant.MIN, null, rule.withdrawn())));
            var book = new RuleBook(rules);
            var outcomes = new HashMap<UUID, Outcome>();
            handle.createQuery("""
                            select c.creator_id, r.name, c.campaign_id, a.medium, p.platform, o.marketplace, c.gross_fen,
                                   c.fee_fen, c.amount_fen, c.inputs ->> 'ruledAt' ruled_at
                            from commission c
                            join order_line o on o.id = c.order_line_id
                            join attribution a on a.order_line_id = o.id and a.current
                            left join placement p on p.id = c.placement_id
                            left join creator r on r.id = c.creator_id
                            where c.month = :month
                            """)
                    .bind("month", month.atDay(1))
                    .setFetchSize(1_000)
                    .map((row, context) -> outcome(row, book))
                    .forEach(outcome -> outcomes.merge(outcome.creatorId(), outcome, Outcome::plus));
            return sorted(outcomes.values());
        });
    }

    private static List<Outcome> sorted(Collection<Outcome> outcomes) {
        return outcomes.stream()
                .sorted((a, b) -> String.valueOf(a.creatorId()).compareTo(String.valueOf(b.creatorId())))
                .toList();
    }

    private static Outcome outcome(ResultSet row, RuleBook book) throws SQLException {
        var ground = ground(row);
        var ruledAt = row.getString("ruled_at");
        var rule = book.decide(ground, ruledAt == null ? null : Instant.parse(ruledAt));
        var division = Division.of(
                Money.ofFen(row.getLong("gross_fen")),
                Money.ofFen(row.getLong("fee_fen")),
                rule.terms(),
                ground.creatorId() != null);
        var paid = Money.ofFen(row.getLong("amount_fen"));
        return new Outcome(
                ground.creatorId(),
                row.getString("name"),
                1,
                division.creator().equals(paid) ? 0 : 1,
                paid,
                division.creator());
    }

    private static Ground ground(ResultSet row) throws SQLException {
        return new Ground(
                row.getObject("creator_id", UUID.class),
                row.getObject("campaign_id", UUID.class),
                constant(Medium.class, row.getString("medium")),
                constant(Platform.class, row.getString("platform")),
                constant(Marketplace.class, row.getString("marketplace")));
    }

    private static Rule rule(ResultSet row) throws SQLException {
        var until = row.getObject("effective_until", OffsetDateTime.class);
        return new Rule(
                row.getInt("version"),
                ground(row),
                new Rule.Terms(
                        row.getString("name"),
                        Rule.Kind.valueOf(row.getString("kind")),
                        rate(row.getBigDecimal("creator_share")),
                        money(row, "fixed_fen"),
                        money(row, "floor_fen"),
                        money(row, "cap_fen"),
                        row.getObject("agency_id", UUID.class),
                        rate(row.getBigDecimal("agency_share"))),
                row.getObject("effective_from", OffsetDateTime.class).toInstant(),
                until == null ? null : until.toInstant(),
                row.getBoolean("withdrawn"));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return name == null ? null : Enum.valueOf(type, name);
    }

    private static Rate rate(BigDecimal fraction) {
        return fraction == null ? null : new Rate(fraction);
    }

    private static Money money(ResultSet row, String column) throws SQLException {
        var fen = row.getObject(column, Long.class);
        return fen == null ? null : Money.ofFen(fen);
    }

    private static String name(Enum<?> constant) {
        return constant == null ? null : constant.name();
    }

    private static BigDecimal fraction(Rate rate) {
        return rate == null ? null : rate.fraction();
    }

    private static Long fen(Money money) {
        return money == null ? null : money.fen();
    }
}
