package dev.zhida.identity;

import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * The people who use Zhida, and the API keys that speak for them. Callers are kept in no cache: whose key is revoked or who
 * is disabled is nobody from the next request on, at every node.
 */
@ApplicationScoped
public class People {

    /** The most keys of one person that are in force: enough for her programs, too few for one that makes keys in a loop. */
    private static final int MOST_KEYS = 20;

    /** The most keys of one person that are shown: those in force, and the ones revoked last. */
    private static final int KEYS_SHOWN = 50;

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    People(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    /** What is known of a key; the key itself is not. */
    record Key(UUID id, String name, Instant createdAt, Instant revokedAt) {

        static Key of(ResultSet row) throws SQLException {
            return new Key(
                    row.getObject("id", UUID.class),
                    row.getString("label"),
                    instant(row, "created_at"),
                    instant(row, "revoked_at"));
        }
    }

    /**
     * A person.
     *
     * @param keys those in force, newest first, then those revoked last
     */
    record Person(Caller caller, String displayName, Instant createdAt, Instant disabledAt, List<Key> keys) {}

    /** The person an API key speaks for; nobody if the key is unknown or revoked, or the person disabled. */
    public Optional<Caller> callerWith(String apiKey) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select p.id, p.login, p.role, p.creator_id, p.brand_id
                        from api_key k join person p on p.id = k.person_id
                        where k.hash = :hash and k.revoked_at is null and p.disabled_at is null
                        """)
                .bind("hash", ApiKeys.hash(apiKey))
                .map((row, context) -> caller(row))
                .findOne());
    }

    public Optional<Caller> personOf(String login) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select id, login, role, creator_id, brand_id from person where login = :login")
                .bind("login", login)
                .map((row, context) -> caller(row))
                .findOne());
    }

    /** Adds the first operator; of two nodes that try at once, one does. */
    @Transactional
    void addFirstOperator(String apiKey) {
        var anybody = jdbi.withHandle(handle -> {
            handle.execute("select pg_advisory_xact_lock(hashtext('first-operator'))");
            return handle.createQuery("select exists (select from person)")
                    .mapTo(Boolean.class)
                    .one();
        });
        if (!anybody) {
            addKey(addPerson("operator", "Operator", Role.OPERATOR, null, null).personId(), apiKey, "first");
        }
    }

    /** Adds a creator, without anybody yet who acts for her. */
    @Transactional
    public UUID addCreator(String name) {
        var id = UuidCreator.getTimeOrderedEpoch();
        jdbi.useHandle(
                handle -> handle.createUpdate("insert into creator (id, name, created_at) values (:id, :name, :at)")
                        .bind("id", id)
                        .bind("name", name)
                        .bind("at", utc(clock.instant()))
                        .execute());
        return id;
    }

    boolean isCreator(UUID id) {
        return exists("select exists (select from creator where id = :id)", id);
    }

    boolean isBrand(UUID id) {
        return exists("select exists (select from brand where id = :id)", id);
    }

    /**
     * Adds a person, by the application itself.
     *
     * @param creatorId the creator she acts for, if her role is {@link Role#CREATOR}
     * @param brandId the brand she acts for, if her role is {@link Role#BRAND}
     */
    @Transactional
    public Caller addPerson(String login, String displayName, Role role, UUID creatorId, UUID brandId) {
        return addPerson(
                new Caller(UuidCreator.getTimeOrderedEpoch(), login, role, creatorId, brandId), displayName, null);
    }

    /** Adds a person by {@code by}; refused with {@code login-taken} if somebody has her login. */
    @Transactional
    Caller addPerson(Caller person, String displayName, UUID by) {
        var at = clock.instant();
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into person (id, login, display_name, role, creator_id, brand_id, created_at)
                        values (:id, :login, :name, :role, :creator, :brand, :at)
                        on conflict on constraint person_login_key do nothing
                        """)
                .bind("id", person.personId())
                .bind("login", person.login())
                .bind("name", displayName)
                .bind("role", person.role().name())
                .bind("creator", person.creatorId())
                .bind("brand", person.brandId())
                .bind("at", utc(at))
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "login-taken", "somebody has the login " + person.login() + " already");
        }
        audit.add(
                by,
                "person-added",
                subject(person.personId()),
                Map.of("login", person.login(), "role", person.role()),
                at);
        return person;
    }

    /** Lets {@code apiKey} speak for a person, by the application itself. */
    @Transactional
    public void addKey(UUID personId, String apiKey, String name) {
        addKey(personId, apiKey, name, null);
    }

    /**
     * Lets {@code apiKey} speak for a person, also for one who is disabled: it does once she is enabled.
     *
     * @throws Refusal {@code person-not-found}, or {@code too-many-keys}
     */
    @Transactional
    Key addKey(UUID personId, String apiKey, String name, UUID by) {
        lock(personId);
        var key = new Key(UuidCreator.getTimeOrderedEpoch(), name, clock.instant(), null);
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into api_key (id, person_id, hash, label, created_at)
                        select :id, :person, :hash, :name, :at
                        where (select count(*) from api_key where person_id = :person and revoked_at is null) < :most
                        """)
                .bind("id", key.id())
                .bind("person", personId)
                .bind("hash", ApiKeys.hash(apiKey))
                .bind("name", name)
                .bind("at", utc(key.createdAt()))
                .bind("most", MOST_KEYS)
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "too-many-keys",
                    MOST_KEYS + " keys of one person are in force: revoke one that is not used");
        }
        audit.add(by, "key-added", subject(personId), Map.of("key", key.id(), "name", name), key.createdAt());
        return key;
    }

    /**
     * Lets a key speak for nobody from now on; one that is revoked already stays as it is.
     *
     * @throws Refusal {@code key-not-found} if the person has none of that id, or {@code last-operator}
     */
    @Transactional
    Key revokeKey(UUID personId, UUID keyId, UUID by) {
        lock(personId);
        var at = clock.instant();
        var revoked = jdbi.withHandle(handle -> handle.createUpdate(
                        "update api_key set revoked_at = :at where id = :key and person_id = :person and revoked_at is null")
                .bind("at", utc(at))
                .bind("key", keyId)
                .bind("person", personId)
                .execute());
        if (revoked == 1) {
            refuseIfNoOperatorIsLeft(personId);
            audit.add(by, "key-revoked", subject(personId), Map.of("key", keyId), at);
        }
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, label, created_at, revoked_at from api_key where id = :key and person_id = :person
                        """)
                .bind("key", keyId)
                .bind("person", personId)
                .map((row, context) -> Key.of(row))
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "key-not-found", "this person has no key with the id " + keyId)));
    }

    /**
     * Lets no key of a person speak for her, until she is enabled.
     *
     * @throws Refusal {@code person-not-found}, or {@code last-operator}
     */
    @Transactional
    Person disable(UUID personId, UUID by) {
        lock(personId);
        var at = clock.instant();
        var disabled = jdbi.withHandle(handle -> handle.createUpdate(
                        "update person set disabled_at = :at where id = :id and disabled_at is null")
                .bind("at", utc(at))
                .bind("id", personId)
                .execute());
        if (disabled == 1) {
            refuseIfNoOperatorIsLeft(personId);
            audit.add(by, "person-disabled", subject(personId), Map.of(), at);
        }
        return person(personId);
    }

    /** Lets the keys of a person that are not revoked speak for her again. */
    @Transactional
    Person enable(UUID personId, UUID by) {
        var enabled = jdbi.withHandle(handle -> handle.createUpdate(
                        "update person set disabled_at = null where id = :id and disabled_at is not null")
                .bind("id", personId)
                .execute());
        if (enabled == 1) {
            audit.add(by, "person-enabled", subject(personId), Map.of(), clock.instant());
        }
        return person(personId);
    }

    Person person(UUID personId) {
        return find(personId, null, null, 1).stream().findFirst().orElseThrow(() -> unknown(personId));
    }

    /**
     * A page, newest first, from before {@code before}.
     *
     * @param login whose it is; {@code null} for everybody
     */
    List<Person> page(String login, UUID before, int limit) {
        return find(null, login, before, limit);
    }

    private List<Person> find(UUID id, String login, UUID before, int limit) {
        return jdbi.withHandle(handle -> {
            var people = handle.createQuery("""
                            select id, login, display_name, role, creator_id, brand_id, created_at, disabled_at from person
                            where (:id::uuid is null or id = :id) and (:login::text is null or login = :login)
                              and (:before::uuid is null or id < :before)
                            order by id desc limit :limit
                            """)
                    .bind("id", id)
                    .bind("login", login)
                    .bind("before", before)
                    .bind("limit", limit)
                    .map((row, context) -> new Person(
                            caller(row),
                            row.getString("display_name"),
                            instant(row, "created_at"),
                            instant(row, "disabled_at"),
                            List.of()))
                    .list();
            var keys = handle.createQuery("""
                            select person_id, id, label, created_at, revoked_at
                            from (select k.*, row_number() over (
                                      partition by person_id order by revoked_at desc nulls first, id desc) nth
                                  from api_key k where person_id = any(:people)) k
                            where nth <= :shown order by nth
                            """)
                    .bindArray(
                            "people",
                            UUID.class,
                            people.stream().map(p -> p.caller().personId()).toList())
                    .bind("shown", KEYS_SHOWN)
                    .map((row, context) -> Map.entry(row.getObject("person_id", UUID.class), Key.of(row)))
                    .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toList())));
            return people.stream()
                    .map(p -> new Person(
                            p.caller(),
                            p.displayName(),
                            p.createdAt(),
                            p.disabledAt(),
                            keys.getOrDefault(p.caller().personId(), List.of())))
                    .toList();
        });
    }

    /** Locks a person, and all operators beside: of two who end each other at once, the second sees what the first did. */
    private void lock(UUID personId) {
        var locked = jdbi.withHandle(handle -> handle.createQuery(
                        "select id from person where id = :id or role = 'OPERATOR' order by id for no key update")
                .bind("id", personId)
                .mapTo(UUID.class)
                .list());
        if (!locked.contains(personId)) {
            throw unknown(personId);
        }
    }

    /** Nobody could let anybody in any more; asked after the fact, which the refusal undoes. */
    private void refuseIfNoOperatorIsLeft(UUID personId) {
        if (exists("""
                select role = 'OPERATOR' and not exists (
                    select from person p join api_key k on k.person_id = p.id
                    where p.role = 'OPERATOR' and p.disabled_at is null and k.revoked_at is null)
                from person where id = :id
                """, personId)) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "last-operator",
                    "no operator could get in any more: add a key or another operator first");
        }
    }

    private boolean exists(String question, UUID id) {
        return jdbi.withHandle(handle ->
                handle.createQuery(question).bind("id", id).mapTo(Boolean.class).one());
    }

    private static Caller caller(ResultSet row) throws SQLException {
        return new Caller(
                row.getObject("id", UUID.class),
                row.getString("login"),
                Role.valueOf(row.getString("role")),
                row.getObject("creator_id", UUID.class),
                row.getObject("brand_id", UUID.class));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static String subject(UUID personId) {
        return "person/" + personId;
    }

    private static Refusal unknown(UUID personId) {
        return new Refusal(Refusal.Kind.NOT_FOUND, "person-not-found", "no person has the id " + personId);
    }
}
