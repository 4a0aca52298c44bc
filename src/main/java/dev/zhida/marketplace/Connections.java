package dev.zhida.marketplace;

import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.identity.AuditTrail;
import dev.zhida.problem.Refusal;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * How the accounts are reached. Read at every use, never remembered: a change counts at once, on every node.
 *
 * <p>Which accounts there are is the slot room's to say; this room reads their marketplace and their PID.
 */
@ApplicationScoped
public class Connections {

    private static final String SELECT = """
            select c.account_id, a.marketplace, a.pid, c.key_id, c.nonce, c.content, c.session_expires_at, c.changed_at
            from marketplace_connection c join marketplace_account a on a.id = c.account_id
            """;

    private final Jdbi jdbi;
    private final Connectors connectors;
    private final Secrets secrets;
    private final Gateways gateways;
    private final AuditTrail audit;
    private final ObjectMapper json;
    private final Clock clock;

    Connections(
            Jdbi jdbi,
            Connectors connectors,
            Secrets secrets,
            Gateways gateways,
            AuditTrail audit,
            ObjectMapper json,
            Clock clock) {
        this.jdbi = jdbi;
        this.connectors = connectors;
        this.secrets = secrets;
        this.gateways = gateways;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /** What is hidden of a connection. */
    record Content(String appKey, String secret, String session, Map<String, String> settings) {
        @Override
        public String toString() {
            return "Content[…]";
        }
    }

    /**
     * What may be told of a connection.
     *
     * @param appKeyEnd the last four characters of the app key; {@code null} if the connection cannot be read
     * @param settings empty if the connection cannot be read
     * @param problem why it cannot be read; {@code null} if it can
     */
    record Description(
            UUID accountId,
            Marketplace marketplace,
            String appKeyEnd,
            boolean hasSession,
            Instant sessionExpiresAt,
            Map<String, String> settings,
            Instant changedAt,
            String problem) {}

    private record Kept(
            UUID accountId,
            Marketplace marketplace,
            String pid,
            Secrets.Hidden hidden,
            Instant sessionExpiresAt,
            Instant changedAt) {

        static Kept of(ResultSet row) throws SQLException {
            return new Kept(
                    row.getObject("account_id", UUID.class),
                    Marketplace.valueOf(row.getString("marketplace")),
                    row.getString("pid"),
                    new Secrets.Hidden(row.getString("key_id"), row.getBytes("nonce"), row.getBytes("content")),
                    instant(row.getObject("session_expires_at", OffsetDateTime.class)),
                    instant(row.getObject("changed_at", OffsetDateTime.class)));
        }
    }

    /** Every connection that can be used, by account id. One that cannot be read is left out: see {@link #problems}. */
    public List<Connection> live() {
        var live = new ArrayList<Connection>();
        for (var kept : kept()) {
            try {
                live.add(connection(kept));
            } catch (Refusal unreadable) {
                Log.debugf("a marketplace connection cannot be used: %s", unreadable.getMessage());
            }
        }
        return live;
    }

    /**
     * How an account is reached; empty if nobody said so.
     *
     * @throws Refusal {@code secrets-key-missing} or {@code secrets-unreadable}
     */
    public Optional<Connection> of(UUID accountId) {
        return kept(accountId).map(this::connection);
    }

    /** What accounts have no permission for, by account id; those with all of it are left out. */
    public Map<UUID, Set<Feed>> feedsOff() {
        return live().stream()
                .filter(connection -> !connection.feedsOff().isEmpty())
                .collect(toMap(Connection::accountId, Connection::feedsOff));
    }

    /** Why accounts cannot be reached whose connections cannot be read, and what to do, by account id. */
    public Map<UUID, String> problems() {
        var problems = new LinkedHashMap<UUID, String>();
        descriptions().stream()
                .filter(description -> description.problem() != null)
                .forEach(description -> problems.put(description.accountId(), description.problem()));
        return problems;
    }

    List<Description> descriptions() {
        return kept().stream().map(this::description).toList();
    }

    Optional<Description> description(UUID accountId) {
        return kept(accountId).map(this::description);
    }

    /**
     * Says how an account is reached, in place of what was said before.
     *
     * @throws Refusal {@code account-unknown} or {@code setting-unknown}
     */
    @Transactional
    void put(UUID accountId, Content content, Instant sessionExpiresAt, UUID personId) {
        var at = clock.instant();
        var marketplace = marketplace(accountId);
        ConnectionSettings.check(marketplace, connectors.feeds(marketplace), content.settings());
        var hidden = secrets.hide(accountId, bytes(content));
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into marketplace_connection
                            (account_id, key_id, nonce, content, session_expires_at, changed_at, changed_by)
                        values (:account, :keyId, :nonce, :content, :expires, :at, :person)
                        on conflict on constraint marketplace_connection_pkey do update
                        set key_id = excluded.key_id, nonce = excluded.nonce, content = excluded.content,
                            session_expires_at = excluded.session_expires_at, changed_at = excluded.changed_at,
                            changed_by = excluded.changed_by
                        """)
                .bind("account", accountId)
                .bind("keyId", hidden.keyId())
                .bind("nonce", hidden.nonce())
                .bind("content", hidden.content())
                .bind("expires", utc(sessionExpiresAt))
                .bind("at", utc(at))
                .bind("person", personId)
                .execute());
        audit.add(
                personId,
                "connection-changed",
                subject(accountId),
                // What is not asked for is not missed either: who said so stays on record.
                Map.of("marketplace", marketplace, "feedsOff", ConnectionSettings.feedsOff(content.settings())),
                at);
    }

    /** Forgets how an account is reached; whether anybody had said so. */
    @Transactional
    boolean remove(UUID accountId, UUID personId) {
        var removed = jdbi.withHandle(
                handle -> handle.createUpdate("delete from marketplace_connection where account_id = :account")
                        .bind("account", accountId)
                        .execute());
        if (removed == 1) {
            audit.add(personId, "connection-removed", subject(accountId), Map.of(), clock.instant());
        }
        return removed == 1;
    }

    /**
     * Encrypts everything with the newest key that is not yet, so that older keys can be taken away.
     *
     * @return how many connections were encrypted anew
     * @throws Refusal if one of them cannot be read; then none is changed
     */
    @Transactional
    int encryptAnew(UUID personId) {
        var newest = secrets.newestKeyId();
        return jdbi.withHandle(handle -> {
            var old = handle.createQuery(SELECT + " where c.key_id <> :newest order by c.account_id for update of c")
                    .bind("newest", newest)
                    .map((row, context) -> Kept.of(row))
                    .list();
            for (var kept : old) {
                var hidden = secrets.hide(kept.accountId(), secrets.open(kept.accountId(), kept.hidden()));
                handle.createUpdate("""
                                update marketplace_connection set key_id = :keyId, nonce = :nonce, content = :content
                                where account_id = :account
                                """)
                        .bind("keyId", hidden.keyId())
                        .bind("nonce", hidden.nonce())
                        .bind("content", hidden.content())
                        .bind("account", kept.accountId())
                        .execute();
            }
            audit.add(
                    personId,
                    "connections-encrypted-anew",
                    "connections",
                    Map.of("key", newest, "changed", old.size()),
                    clock.instant());
            return old.size();
        });
    }

    private List<Kept> kept() {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " order by c.account_id")
                .map((row, context) -> Kept.of(row))
                .list());
    }

    private Optional<Kept> kept(UUID accountId) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " where c.account_id = :account")
                .bind("account", accountId)
                .map((row, context) -> Kept.of(row))
                .findOne());
    }

    private Marketplace marketplace(UUID accountId) {
        return jdbi.withHandle(
                        handle -> handle.createQuery("select marketplace from marketplace_account where id = :id")
                                .bind("id", accountId)
                                .mapTo(String.class)
                                .findOne())
                .map(Marketplace::valueOf)
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "account-unknown", "there is no account with the id " + accountId));
    }

    private Connection connection(Kept kept) {
        var content = content(kept);
        var settings = new HashMap<String, String>();
        if (kept.pid() != null) {
            settings.put(ConnectionSettings.PID, kept.pid());
        }
        settings.putAll(content.settings());
        return new Connection(
                kept.accountId(),
                kept.marketplace(),
                gateways.of(kept.marketplace(), settings),
                content.appKey(),
                content.secret(),
                content.session(),
                settings);
    }

    private Description description(Kept kept) {
        try {
            var content = content(kept);
            var key = content.appKey();
            return new Description(
                    kept.accountId(),
                    kept.marketplace(),
                    key.substring(Math.max(0, key.length() - 4)),
                    content.session() != null,
                    kept.sessionExpiresAt(),
                    content.settings(),
                    kept.changedAt(),
                    null);
        } catch (Refusal unreadable) {
            return new Description(
                    kept.accountId(),
                    kept.marketplace(),
                    null,
                    false,
                    kept.sessionExpiresAt(),
                    Map.of(),
                    kept.changedAt(),
                    unreadable.getMessage());
        }
    }

    private Content content(Kept kept) {
        try {
            return json.readValue(secrets.open(kept.accountId(), kept.hidden()), Content.class);
        } catch (IOException e) {
            // Without the cause: it would quote what it could not read. One account's is no reason to stop the others.
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "secrets-unreadable",
                    "what is kept for account " + kept.accountId() + " is not what was written: enter the connection"
                            + " anew");
        }
    }

    private byte[] bytes(Content content) {
        try {
            return json.writeValueAsBytes(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String subject(UUID accountId) {
        return "marketplace-account/" + accountId;
    }

    private static Instant instant(OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
