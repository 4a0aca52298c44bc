package dev.zhida.intake;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.database.JsonText;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.MarketplaceFailure;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;

/** Asks marketplaces once an hour how often their own tokens were opened, and which of them are at risk. */
@ApplicationScoped
class TokenCounts {

    private final Jdbi jdbi;
    private final MeterRegistry metrics;
    private final Clock clock;

    TokenCounts(Jdbi jdbi, MeterRegistry metrics, Clock clock) {
        this.jdbi = jdbi;
        this.metrics = metrics;
        this.clock = clock;
    }

    private record Token(long id, String text) {}

    /** Asks for every live token of the account that nobody has asked for in this hour, and for those at risk. */
    void ask(Connection connection, Connector connector, BooleanSupplier stopping) {
        try {
            count(connection, connector, stopping);
        } catch (MarketplaceFailure e) {
            // What is missing of an hour is missing: totals come with the next one.
            Log.warnf("tokens of %s are not counted now: %s", connection, e.getMessage());
        }
        if (stopping.getAsBoolean()) {
            return;
        }
        try {
            keepRisks(connection, connector.tokenRisks(connection));
        } catch (MarketplaceFailure e) {
            Log.warnf("which tokens of %s are at risk is not known now: %s", connection, e.getMessage());
        }
    }

    private void count(Connection connection, Connector connector, BooleanSupplier stopping) {
        for (var token = claim(connection); token.isPresent(); token = claim(connection)) {
            if (stopping.getAsBoolean()) {
                return;
            }
            try {
                var counts = connector.tokenCounts(connection, token.get().text());
                if (counts.isEmpty()) {
                    // This marketplace tells none: it is not asked for the others either.
                    return;
                }
                keep(token.get(), counts.get());
            } catch (MarketplaceFailure e) {
                switch (e.kind()) {
                    // It is this token that is refused, like one that somebody entered with a mistake.
                    case CALLER, ITEM ->
                        Log.warnf(
                                "the token %d of %s is not counted: %s",
                                token.get().id(), connection, e.getMessage());
                    default -> throw e;
                }
            }
        }
    }

    /** One node asks for a token in an hour: whoever inserts its row. */
    private Optional<Token> claim(Connection connection) {
        var now = clock.instant();
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with due as (
                            select t.id, t.text from native_token t
                            join slot_lease l on l.placement_id = t.placement_id
                                and l.from_at <= :now and (l.until_at is null or l.until_at > :now)
                            join slot s on s.id = l.slot_id
                            where s.account_id = :account and t.ended_at is null and t.expires_at > :now
                              and not exists (select from native_token_count c
                                  where c.native_token_id = t.id and c.hour = :hour)
                            order by t.id limit 1),
                        claimed as (
                            insert into native_token_count (native_token_id, hour, asked_at)
                            select id, :hour, :now from due
                            on conflict on constraint native_token_count_pkey do nothing
                            returning native_token_id)
                        select due.id, due.text from due join claimed on claimed.native_token_id = due.id
                        """)
                .bind("account", connection.accountId())
                .bind("now", utc(now))
                .bind("hour", utc(now.truncatedTo(ChronoUnit.HOURS)))
                .map((row, context) -> new Token(row.getLong("id"), row.getString("text")))
                .findOne());
    }

    private void keep(Token token, Connector.TokenCounts counts) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update native_token_count set hour_views = :hourViews, hour_visitors = :hourVisitors,
                            views = :views, visitors = :visitors
                        where native_token_id = :id and hour = :hour
                        """)
                .bind("id", token.id())
                .bind("hour", utc(clock.instant().truncatedTo(ChronoUnit.HOURS)))
                .bind("hourViews", counts.hourViews())
                .bind("hourVisitors", counts.hourVisitors())
                .bind("views", counts.views())
                .bind("visitors", counts.visitors())
                .execute());
    }

    private void keepRisks(Connection connection, List<Connector.TokenRisk> risks) {
        var at = clock.instant();
        for (var risk : risks) {
            var news = jdbi.withHandle(handle -> handle.createUpdate("""
                            insert into native_token_risk (account_id, slot, blocked, raw, told_at)
                            values (:account, :slot, :blocked, :raw, :at)
                            on conflict on constraint native_token_risk_pkey do update
                                set blocked = excluded.blocked, raw = excluded.raw, told_at = excluded.told_at
                                where native_token_risk.blocked <> excluded.blocked
                            """)
                    .bind("account", connection.accountId())
                    .bind("slot", risk.slot())
                    .bind("blocked", risk.blocked())
                    .bind("raw", new JsonText(risk.raw()))
                    .bind("at", utc(at))
                    .execute());
            if (news > 0) {
                metrics.counter(
                                "zhida.native-tokens.risks",
                                "marketplace",
                                connection.marketplace().name())
                        .increment();
                Log.errorf(
                        "tokens of the slot %s are %s, says %s: stop posting them",
                        risk.slot(), risk.blocked() ? "blocked" : "at risk", connection.marketplace());
            }
        }
    }
}
