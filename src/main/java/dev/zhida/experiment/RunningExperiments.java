package dev.zhida.experiment;

import dev.zhida.database.Changes;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The running experiments by placement, in memory, because every click asks; a start or stop reaches every node. */
@ApplicationScoped
public class RunningExperiments {

    private final Jdbi jdbi;
    private final Changes changes;
    private volatile Map<Long, Split> byPlacement = Map.of();

    RunningExperiments(Jdbi jdbi, Changes changes) {
        this.jdbi = jdbi;
        this.changes = changes;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        load();
        changes.listen("experiment", none -> load(), this::load);
    }

    /** The split that a placement takes part in, or {@code null}. Never blocks. */
    public Split of(long placementId) {
        return byPlacement.get(placementId);
    }

    private record Row(Split split, List<Long> placements) {}

    private void load() {
        var running = jdbi.withHandle(handle -> handle.createQuery("""
                        select e.id, e.token_percent, en.code entry, li.code link, tk.code token, en.id entry_id,
                               li.id link_id, tk.id token_id
                        from experiment e
                        join experiment_placement n on n.experiment_id = e.id and n.role = 'ENTRY'
                        join placement en on en.id = n.placement_id
                        join experiment_placement l on l.experiment_id = e.id and l.role = 'LINK'
                        join placement li on li.id = l.placement_id
                        join experiment_placement t on t.experiment_id = e.id and t.role = 'TOKEN'
                        join placement tk on tk.id = t.placement_id
                        where e.state = 'RUNNING'
                        """)
                .map((row, context) -> new Row(
                        new Split(
                                row.getObject("id", UUID.class),
                                row.getString("entry"),
                                row.getString("link"),
                                row.getString("token"),
                                row.getInt("token_percent")),
                        List.of(row.getLong("entry_id"), row.getLong("link_id"), row.getLong("token_id"))))
                .list());
        var found = new HashMap<Long, Split>();
        running.forEach(row -> row.placements().forEach(placement -> found.put(placement, row.split())));
        byPlacement = Map.copyOf(found);
    }
}
