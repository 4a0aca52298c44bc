package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.database.Changes;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The templates as they stand, in memory because every placement that is shown asks for one. */
@ApplicationScoped
class ShareTemplates {

    private final Jdbi jdbi;
    private final Clock clock;
    private final Changes changes;
    private volatile List<ShareTemplate> mostSpecificFirst = List.of();

    ShareTemplates(Jdbi jdbi, Clock clock, Changes changes) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.changes = changes;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        load();
        changes.listen("share_template", none -> load(), this::load);
    }

    private void load() {
        mostSpecificFirst = jdbi
                .withHandle(handle -> handle.createQuery("select platform, scene, medium, text from share_template")
                        .map((row, context) -> new ShareTemplate(
                                constant(Platform.class, row.getString("platform")),
                                constant(Scene.class, row.getString("scene")),
                                Medium.valueOf(row.getString("medium")),
                                row.getString("text")))
                        .list())
                .stream()
                .sorted(Comparator.comparing(ShareTemplate::weight)
                        .reversed()
                        .thenComparing(ShareTemplate::platform, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(ShareTemplate::scene, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(ShareTemplate::medium))
                .toList();
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return name == null ? null : Enum.valueOf(type, name);
    }

    /** All of them, the most specific ones first. */
    List<ShareTemplate> all() {
        return mostSpecificFirst;
    }

    /** The one for a place; there always is one, since one for any platform and scene can be changed, not removed. */
    ShareTemplate of(Placement.Place place) {
        for (var template : mostSpecificFirst) {
            if (template.covers(place)) {
                return template;
            }
        }
        throw new IllegalStateException("no template covers " + place);
    }

    /**
     * Adds a template, or changes the one for the same place.
     *
     * @throws Refusal {@code template-unusable}
     */
    @Transactional
    void put(ShareTemplate template, UUID personId) {
        var problems = template.problems();
        if (!problems.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "template-unusable",
                    "the template cannot be used: correct what `errors` names",
                    problems);
        }
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into share_template (platform, scene, medium, text, updated_at, updated_by)
                        values (:platform, :scene, :medium, :text, :at, :by)
                        on conflict on constraint share_template_place_key
                        do update set text = excluded.text, updated_at = excluded.updated_at,
                            updated_by = excluded.updated_by
                        """)
                .bind(
                        "platform",
                        template.platform() == null ? null : template.platform().name())
                .bind(
                        "scene",
                        template.scene() == null ? null : template.scene().name())
                .bind("medium", template.medium().name())
                .bind("text", template.text())
                .bind("at", utc(clock.instant()))
                .bind("by", personId)
                .execute());
        // Here at once, so that who wrote it reads it; the other nodes are told when it is committed.
        load();
    }
}
