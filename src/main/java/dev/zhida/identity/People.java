package dev.zhida.identity;

import com.github.f4b6a3.uuid.UuidCreator;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** The people who use Zhida, and the API keys that speak for them. */
@ApplicationScoped
public class People {

    private final Persons persons;
    private final Creators creators;
    private final Keys keys;
    private final Clock clock;

    People(Persons persons, Creators creators, Keys keys, Clock clock) {
        this.persons = persons;
        this.creators = creators;
        this.keys = keys;
        this.clock = clock;
    }

    /** The person an API key speaks for; nobody if the key is unknown or revoked, or the person disabled. */
    @Transactional
    @ActivateRequestContext
    public Optional<Caller> callerWith(String apiKey) {
        return keys.find("hash = ?1 and revokedAt is null and person.disabledAt is null", (Object) hash(apiKey))
                .firstResultOptional()
                .map(key -> key.person.asCaller());
    }

    public Optional<Caller> personOf(String login) {
        return persons.find("login", login).firstResultOptional().map(PersonEntity::asCaller);
    }

    /** Adds the first operator; of two nodes that try at once, one does. */
    @Transactional
    @ActivateRequestContext
    void addFirstOperator(String apiKey) {
        persons.getEntityManager()
                .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtext('first-operator'))")
                .getSingleResult();
        if (persons.count() == 0) {
            addKey(addPerson("operator", "Operator", Role.OPERATOR, null, null).personId(), apiKey, "first");
        }
    }

    /** Adds a creator, without anybody yet who acts for her. */
    @Transactional
    public UUID addCreator(String name) {
        var creator = new CreatorEntity();
        creator.id = UuidCreator.getTimeOrderedEpoch();
        creator.name = name;
        creator.createdAt = clock.instant();
        creators.persistAndFlush(creator);
        return creator.id;
    }

    /**
     * Adds a person.
     *
     * @param creatorId the creator she acts for, if her role is {@link Role#CREATOR}
     * @param brandId the brand she acts for, if her role is {@link Role#BRAND}
     */
    @Transactional
    public Caller addPerson(String login, String displayName, Role role, UUID creatorId, UUID brandId) {
        var person = new PersonEntity();
        person.id = UuidCreator.getTimeOrderedEpoch();
        person.login = login;
        person.displayName = displayName;
        person.role = role;
        person.creatorId = creatorId;
        person.brandId = brandId;
        person.createdAt = clock.instant();
        persons.persistAndFlush(person);
        return person.asCaller();
    }

    /** Lets {@code apiKey} speak for a person. */
    @Transactional
    public void addKey(UUID personId, String apiKey, String label) {
        var key = new ApiKeyEntity();
        key.id = UuidCreator.getTimeOrderedEpoch();
        key.person = persons.findById(personId);
        key.hash = hash(apiKey);
        key.label = label;
        key.createdAt = clock.instant();
        keys.persistAndFlush(key);
    }

    private static byte[] hash(String apiKey) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(apiKey.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ApplicationScoped
    static class Persons implements PanacheRepositoryBase<PersonEntity, UUID> {}

    @ApplicationScoped
    static class Creators implements PanacheRepositoryBase<CreatorEntity, UUID> {}

    @ApplicationScoped
    static class Keys implements PanacheRepositoryBase<ApiKeyEntity, UUID> {}
}
