package dev.zhida.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.problem.Refusal;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;

/**
 * {@code Idempotency-Key}: a request that arrives twice is fulfilled once. The primary key of the table decides who
 * fulfils it; everybody else gets the first answer again.
 */
@ApplicationScoped
public class Idempotency {

    public static final String HEADER = "Idempotency-Key";

    /** How long an answer is kept. */
    private static final Duration KEPT = Duration.ofHours(24);

    /** A request without an answer for so long died with its process; what it did is safe to be done again. */
    private static final Duration ABANDONED = Duration.ofMinutes(1);

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{1,200}");

    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final Clock clock;

    Idempotency(Jdbi jdbi, ObjectMapper json, Clock clock) {
        this.jdbi = jdbi;
        this.json = json;
        this.clock = clock;
    }

    private record Known(byte[] bodyHash, String answer) {}

    /**
     * Does the work, or answers what it answered before. Not to be called inside a transaction.
     *
     * @param key as it came in the header; {@code null} to do the work whatever was before
     * @param operation which of them the key is for
     * @param request what was asked; anything that can be written as JSON
     * @param work what to do; has to be safe to repeat, because a process may die in the middle
     * @throws Refusal {@code idempotency-key-malformed}, {@code idempotency-key-reused} for another request, or
     *     {@code request-in-progress}; what the work throws leaves the key unused
     */
    public <T> T once(UUID personId, String key, String operation, Object request, Class<T> answer, Supplier<T> work) {
        if (key == null) {
            return work.get();
        }
        if (!KEY.matcher(key).matches()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "idempotency-key-malformed",
                    HEADER + " has 1 to 200 visible ASCII characters");
        }
        try {
            var hash = hash(operation, json.writeValueAsBytes(request));
            if (!reserve(personId, key, hash)) {
                return json.readValue(answerOf(personId, key, hash), answer);
            }
            try {
                var made = work.get();
                keep(personId, key, json.writeValueAsString(made));
                return made;
            } catch (RuntimeException e) {
                release(personId, key);
                throw e;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer that cannot be kept: " + operation, e);
        }
    }

    /** Whether the caller is the one who does the work. */
    private boolean reserve(UUID personId, String key, byte[] hash) {
        var now = clock.instant();
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into idempotency_key as k (person_id, key, body_hash, created_at)
                        values (:person, :key, :hash, :now)
                        on conflict on constraint idempotency_key_pkey do update set created_at = excluded.created_at
                        where k.answer is null and k.body_hash = excluded.body_hash and k.created_at < :abandoned
                        """)
                        .bind("person", personId)
                        .bind("key", key)
                        .bind("hash", hash)
                        .bind("now", utc(now))
                        .bind("abandoned", utc(now.minus(ABANDONED)))
                        .execute()
                == 1);
    }

    private String answerOf(UUID personId, String key, byte[] hash) {
        var known = find(personId, key);
        if (known.isPresent() && !Arrays.equals(known.get().bodyHash(), hash)) {
            throw reused();
        }
        return known.map(Known::answer)
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.CONFLICT,
                        "request-in-progress",
                        "the same request is being fulfilled: ask again in a moment"));
    }

    /** What a key came with another request before is told. */
    public static Refusal reused() {
        return new Refusal(
                Refusal.Kind.INVALID,
                "idempotency-key-reused",
                "this " + HEADER + " came with another request: use a new one for each");
    }

    private Optional<Known> find(UUID personId, String key) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select body_hash, answer from idempotency_key where person_id = :person and key = :key")
                .bind("person", personId)
                .bind("key", key)
                .map((row, context) -> new Known(row.getBytes("body_hash"), row.getString("answer")))
                .findOne());
    }

    private void keep(UUID personId, String key, String answer) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "update idempotency_key set answer = :answer where person_id = :person and key = :key")
                .bind("person", personId)
                .bind("key", key)
                .bind("answer", answer)
                .execute());
    }

    private void release(UUID personId, String key) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "delete from idempotency_key where person_id = :person and key = :key and answer is null")
                .bind("person", personId)
                .bind("key", key)
                .execute());
    }

    @Scheduled(every = "1h", delayed = "10m")
    void forget() {
        jdbi.useHandle(handle -> handle.createUpdate("delete from idempotency_key where created_at < :before")
                .bind("before", utc(clock.instant().minus(KEPT)))
                .execute());
    }

    private static byte[] hash(String operation, byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(operation.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
