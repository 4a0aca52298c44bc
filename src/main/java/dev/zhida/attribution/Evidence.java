package dev.zhida.attribution;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.database.SecretKeys;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;

/**
 * What the attributions of a locked month rested on, frozen when it is locked: one chain per statement and one per brand.
 * Ids are pseudonyms, keyed hashes that are the same in every file, so that files can be compared and handed on without
 * telling who is who.
 */
@ApplicationScoped
public class Evidence {

    private final Jdbi jdbi;
    private final SecretKeys keys;

    Evidence(Jdbi jdbi, SecretKeys keys) {
        this.jdbi = jdbi;
        this.keys = keys;
    }

    /** Whose evidence it is. */
    public enum Kind {
        CREATOR,
        AGENCY,
        BRAND
    }

    /** @param head SHA-256 in lower-case hex, as it is printed on the statement */
    public record Chain(long id, YearMonth month, Kind kind, UUID owner, int lines, String head, Instant frozenAt) {}

    /**
     * Freezes what the statement of a creator or an agency rests on; freezing it again changes nothing.
     *
     * @param lines the order lines of the statement
     * @return the head to print on the statement
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public String freezeStatement(YearMonth month, Kind kind, UUID owner, Collection<UUID> lines, Instant at) {
        var pseudonyms = new Pseudonyms(keys.key("evidence-pseudonyms"));
        return freeze(month, kind, owner, texts(lines, pseudonyms), pseudonyms, at);
    }

    /**
     * Freezes what is told to brands: of these lines, those of each brand's campaigns.
     *
     * @param lines all order lines of the month
     * @return the head by brand
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<UUID, String> freezeBrands(YearMonth month, Collection<UUID> lines, Instant at) {
        var pseudonyms = new Pseudonyms(keys.key("evidence-pseudonyms"));
        var linesByBrand = new TreeMap<UUID, List<UUID>>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select distinct brand_id, order_line_id from attribution_campaign
                        where order_line_id = any(:lines) order by 1, 2
                        """)
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> linesByBrand
                        .computeIfAbsent(row.getObject("brand_id", UUID.class), brand -> new ArrayList<>())
                        .add(row.getObject("order_line_id", UUID.class)))
                .list());
        var heads = new HashMap<UUID, String>();
        linesByBrand.forEach((brand, ofBrand) ->
                heads.put(brand, freeze(month, Kind.BRAND, brand, texts(ofBrand, pseudonyms), pseudonyms, at)));
        return heads;
    }

    private String freeze(
            YearMonth month, Kind kind, UUID owner, List<String> lines, Pseudonyms pseudonyms, Instant at) {
        var chain = EvidenceChain.of(title(month, kind, owner, pseudonyms), lines);
        return jdbi.withHandle(handle -> {
            var id = handle.createQuery("""
                            insert into evidence_chain (month, kind, owner, lines, head, frozen_at)
                            values (:month, :kind, :owner, :lines, :head, :at)
                            on conflict on constraint evidence_chain_owner_key do nothing returning id
                            """)
                    .bind("month", month.atDay(1))
                    .bind("kind", kind.name())
                    .bind("owner", owner)
                    .bind("lines", chain.lines())
                    .bind("head", chain.head())
                    .bind("at", utc(at))
                    .mapTo(Long.class)
                    .findOne();
            if (id.isEmpty()) {
                return handle.createQuery("""
                                select encode(head, 'hex') from evidence_chain
                                where month = :month and kind = :kind and owner = :owner
                                """)
                        .bind("month", month.atDay(1))
                        .bind("kind", kind.name())
                        .bind("owner", owner)
                        .mapTo(String.class)
                        .one();
            }
            handle.createUpdate("""
                            insert into evidence_line (chain_id, position, text)
                            select :chain, t.position, t.text from unnest(:positions, :texts) as t (position, text)
                            """)
                    .bind("chain", id.get())
                    .bindArray(
                            "positions",
                            Integer.class,
                            IntStream.range(0, lines.size()).boxed().toList())
                    .bindArray("texts", String.class, lines)
                    .execute();
            return chain.headText();
        });
    }

    private static String title(YearMonth month, Kind kind, UUID owner, Pseudonyms pseudonyms) {
        return EvidenceChain.FORMAT + " " + month + " " + kind + " " + pseudonyms.of(kind.name(), owner);
    }

    /**
     * The current attributions of lines as they are chained, in the order of the line ids: line, version, confidence,
     * creator, placement, medium, lease, touch, claim, rule version, click, decision; apart by tabs.
     */
    private List<String> texts(Collection<UUID> lines, Pseudonyms pseudonyms) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select a.order_line_id, a.version, a.confidence, a.creator_id, a.placement_id, a.medium, a.lease_id,
                               a.touch_id, a.claim_id, a.rule_version, o.clicked_at, a.decided_at
                        from attribution a join order_line o on o.id = a.order_line_id
                        where a.current and a.order_line_id = any(:lines) order by a.order_line_id
                        """)
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> text(row, pseudonyms))
                .list());
    }

    private static String text(ResultSet row, Pseudonyms pseudonyms) throws SQLException {
        return String.join(
                "\t",
                pseudonyms.of("LINE", row.getObject("order_line_id")),
                row.getString("version"),
                row.getString("confidence"),
                pseudonyms.of(Kind.CREATOR.name(), row.getObject("creator_id")),
                pseudonyms.of("PLACEMENT", row.getObject("placement_id")),
                Objects.toString(row.getString("medium"), "-"),
                pseudonyms.of("LEASE", row.getObject("lease_id")),
                pseudonyms.of("TOUCH", row.getObject("touch_id")),
                pseudonyms.of("CLAIM", row.getObject("claim_id")),
                row.getString("rule_version"),
                time(row, "clicked_at"),
                time(row, "decided_at"));
    }

    private static String time(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? "-" : at.toInstant().toString();
    }

    /** Keyed hashes of ids, 128 bits of them: nobody without the key can tell whose they are by trying. */
    private record Pseudonyms(byte[] key) {

        String of(String kind, Object id) {
            if (id == null) {
                return "-";
            }
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                return HexFormat.of().formatHex(mac.doFinal((kind + "/" + id).getBytes(StandardCharsets.UTF_8)), 0, 16);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final String SELECT = """
            select id, month, kind, owner, lines, encode(head, 'hex') head, frozen_at from evidence_chain
            where (:creator::uuid is null or (kind = 'CREATOR' and owner = :creator))
              and (:brand::uuid is null or (kind = 'BRAND' and owner = :brand))
            """;

    /** A page, newest first, from before the chain {@code before}. */
    List<Chain> page(UUID creatorOnly, UUID brandOnly, Long before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT + " and (:before::bigint is null or id < :before) order by id desc limit :limit")
                .bind("creator", creatorOnly)
                .bind("brand", brandOnly)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> chain(row))
                .list());
    }

    Optional<Chain> find(UUID creatorOnly, UUID brandOnly, long id) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " and id = :id")
                .bind("creator", creatorOnly)
                .bind("brand", brandOnly)
                .bind("id", id)
                .map((row, context) -> chain(row))
                .findOne());
    }

    /** The lines of the file, one after the other. */
    void each(Chain chain, Consumer<String> line) {
        line.accept(title(chain.month(), chain.kind(), chain.owner(), new Pseudonyms(keys.key("evidence-pseudonyms"))));
        // A cursor needs a transaction; without one the driver would fetch everything at once.
        jdbi.useTransaction(
                handle -> handle.createQuery("select text from evidence_line where chain_id = :chain order by position")
                        .bind("chain", chain.id())
                        .setFetchSize(1_000)
                        .mapTo(String.class)
                        .forEach(line));
        line.accept("#HEAD," + chain.lines() + "," + chain.head());
    }

    private static Chain chain(ResultSet row) throws SQLException {
        return new Chain(
                row.getLong("id"),
                YearMonth.from(row.getObject("month", LocalDate.class)),
                Kind.valueOf(row.getString("kind")),
                row.getObject("owner", UUID.class),
                row.getInt("lines"),
                row.getString("head"),
                row.getObject("frozen_at", OffsetDateTime.class).toInstant());
    }
}
