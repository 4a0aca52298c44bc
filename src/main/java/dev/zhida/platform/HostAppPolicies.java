package dev.zhida.platform;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.database.Changes;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.problem.Refusal;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The host-app policy as it stands, held in memory because every click asks it; changes reach every node at once. */
@ApplicationScoped
public class HostAppPolicies {

    private final Jdbi jdbi;
    private final Clock clock;
    private final Changes changes;
    private volatile List<HostAppRule> rules = List.of();
    private volatile HostAppPolicy current;

    HostAppPolicies(Jdbi jdbi, Clock clock, Changes changes) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.changes = changes;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        load();
        changes.listen("host_app_rule", none -> load(), this::load);
    }

    private void load() {
        rules = jdbi.withHandle(handle -> handle.createQuery("select * from host_app_rule order by version")
                .map((row, context) -> new HostAppRule(
                        row.getInt("version"),
                        new Ground(
                                constant(UserAgent.HostApp.class, row.getString("host_app")),
                                constant(Scene.class, row.getString("scene")),
                                constant(UserAgent.Os.class, row.getString("os")),
                                constant(Marketplace.class, row.getString("marketplace")),
                                constant(Medium.class, row.getString("medium")),
                                row.getString("topic")),
                        row.getBoolean("withdrawn"),
                        Delivery.valueOf(row.getString("delivery")),
                        Posting.valueOf(row.getString("posting")),
                        row.getString("why"),
                        row.getString("instruction"),
                        row.getObject("verified_on", LocalDate.class),
                        row.getString("verified_how"),
                        row.getObject("effective_from", OffsetDateTime.class).toInstant()))
                .list());
        begin();
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return name == null ? null : Enum.valueOf(type, name);
    }

    /** Lets rules begin whose time has come. */
    @Scheduled(every = "1s", delayed = "1s")
    void begin() {
        var known = rules;
        if (!known.isEmpty()) {
            current = HostAppPolicy.at(clock.instant(), known);
        }
    }

    /** The policy that holds now. */
    public HostAppPolicy current() {
        return current;
    }

    /**
     * The policy that held or will hold at an instant, by what is known now.
     *
     * @throws Refusal {@code before-the-first-rule}
     */
    public HostAppPolicy at(Instant at) {
        if (rules.stream()
                .noneMatch(rule ->
                        rule.ground().weight() == 0 && !rule.effectiveFrom().isAfter(at))) {
            throw new Refusal(Refusal.Kind.INVALID, "before-the-first-rule", "no rules are known for " + at);
        }
        return HostAppPolicy.at(at, rules);
    }

    /** Every rule there ever was, in the order in which they were made. */
    public List<HostAppRule> history() {
        return rules;
    }

    /** A rule to add; what {@link HostAppRule} says of each part holds. */
    public record NewRule(
            Ground ground,
            boolean withdrawn,
            Delivery delivery,
            Posting posting,
            String why,
            String instruction,
            LocalDate verifiedOn,
            String verifiedHow,
            Instant effectiveFrom) {}

    /**
     * Adds a rule, which from its start on takes the place of an earlier one about the same ground.
     *
     * @throws Refusal {@code rule-starts-in-the-past}, {@code verified-in-the-future}, {@code rule-needed},
     *     {@code rule-exists}
     */
    @Transactional
    public HostAppRule add(NewRule rule, UUID personId) {
        var now = clock.instant();
        var from = rule.effectiveFrom() == null ? now : rule.effectiveFrom();
        if (from.isBefore(now)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "rule-starts-in-the-past",
                    "clicks were answered by the rules of their time: leave out `effectiveFrom`, or name a time to come");
        }
        if (rule.verifiedOn().isAfter(BusinessTime.dayOf(now))) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "verified-in-the-future", "`verifiedOn` is a day on which somebody saw it");
        }
        if (rule.withdrawn() && rule.ground().weight() == 0) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "rule-needed", "the rule about everything can be replaced, not withdrawn");
        }
        var g = rule.ground();
        var version = jdbi.withHandle(handle -> handle.createQuery("""
                        insert into host_app_rule (host_app, scene, os, marketplace, medium, topic, withdrawn, delivery,
                            posting, why, instruction, verified_on, verified_how, effective_from, created_at, created_by)
                        values (:hostApp, :scene, :os, :marketplace, :medium, :topic, :withdrawn, :delivery,
                            :posting, :why, :instruction, :verifiedOn, :verifiedHow, :from, :now, :by)
                        on conflict on constraint host_app_rule_start_key do nothing
                        returning version
                        """)
                        .bind("hostApp", name(g.hostApp()))
                        .bind("scene", name(g.scene()))
                        .bind("os", name(g.os()))
                        .bind("marketplace", name(g.marketplace()))
                        .bind("medium", name(g.medium()))
                        .bind("topic", g.topic())
                        .bind("withdrawn", rule.withdrawn())
                        .bind("delivery", rule.delivery().name())
                        .bind("posting", rule.posting().name())
                        .bind("why", rule.why())
                        .bind("instruction", rule.instruction())
                        .bind("verifiedOn", rule.verifiedOn())
                        .bind("verifiedHow", rule.verifiedHow())
                        .bind("from", utc(from))
                        .bind("now", utc(now))
                        .bind("by", personId)
                        .mapTo(Integer.class)
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.CONFLICT,
                        "rule-exists",
                        "a rule about the same ground starts at that very time: choose another time"));
        return new HostAppRule(
                version,
                g,
                rule.withdrawn(),
                rule.delivery(),
                rule.posting(),
                rule.why(),
                rule.instruction(),
                rule.verifiedOn(),
                rule.verifiedHow(),
                from);
    }

    private static String name(Enum<?> constant) {
        return constant == null ? null : constant.name();
    }
}
