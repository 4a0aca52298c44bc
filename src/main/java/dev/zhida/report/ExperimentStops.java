package dev.zhida.report;

import dev.zhida.comparison.StopRule.Stop;
import dev.zhida.experiment.Experiments;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.State;
import dev.zhida.experiment.Experiments.Unit;
import dev.zhida.experiment.Experiments.Verdict;
import dev.zhida.rollup.Counts;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import org.jdbi.v3.core.JdbiException;

/**
 * Ends experiments as they were planned: looks what is counted, and says so to the room that keeps them. Any number of
 * nodes may run it: an experiment ends once.
 */
@ApplicationScoped
public class ExperimentStops {

    private final Experiments experiments;
    private final ExperimentCounts counts;
    private final Counts progress;
    private final Clock clock;

    ExperimentStops(Experiments experiments, ExperimentCounts counts, Counts progress, Clock clock) {
        this.experiments = experiments;
        this.counts = counts;
        this.progress = progress;
        this.clock = clock;
    }

    /** Looks at all that run. More often: fewer people beyond the plan; less often: less work. */
    @Scheduled(every = "{zhida.experiment.look}", concurrentExecution = ConcurrentExecution.SKIP)
    public void look() {
        try {
            experiments.unfinished().forEach(this::look);
        } catch (JdbiException e) {
            Log.warnf("experiments are not looked at just now: %s", e.getMessage());
        }
    }

    /** Touches and orders that wait to be counted belong to the result as well: nothing is decided or kept without them. */
    private void look(Experiment experiment) {
        var now = clock.instant();
        var countedTo = progress.countedTo();
        if (experiment.state() == State.STOPPED) {
            if (!countedTo.isBefore(experiment.stoppedAt())) {
                experiments.keep(experiment.id(), counts.written(counts.count(experiment, experiment.stoppedAt())));
            }
            return;
        }
        var until = countedTo.isBefore(now) ? countedTo : now;
        var counted = counts.count(experiment, until);
        ExperimentResult.stop(experiment, counted, until)
                .ifPresent(stop -> experiments.conclude(
                        experiment.id(),
                        Verdict.valueOf(stop.name()),
                        why(experiment, stop),
                        counts.written(counted),
                        until));
    }

    private static String why(Experiment experiment, Stop stop) {
        return switch (stop) {
            case FOR_TOKEN -> "已能断定口令带来的订单更多";
            case FOR_LINK -> "已能断定链接带来的订单更多";
            case NO_DIFFERENCE_THAT_MATTERS ->
                "即使有差别，也不到 %d%%".formatted(experiment.end().marginPercent());
            case AT_MAXIMUM ->
                experiment.unit() == Unit.PEOPLE
                        ? "到了计划的 %d 人或 %d 天"
                                .formatted(
                                        experiment.end().planned(),
                                        experiment.end().mostDays())
                        : "计划的 %d 条已发完并满期，或到了 %d 天"
                                .formatted(
                                        experiment.end().planned(),
                                        experiment.end().mostDays());
        };
    }
}
