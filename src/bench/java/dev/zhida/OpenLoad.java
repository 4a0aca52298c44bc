package dev.zhida;

import io.hyperfoil.api.config.BenchmarkBuilder;
import io.hyperfoil.api.statistics.StatisticsSnapshot;
import io.hyperfoil.core.impl.LocalSimulationRunner;
import io.hyperfoil.http.api.HttpMethod;
import io.hyperfoil.http.config.HttpPluginBuilder;
import io.hyperfoil.http.steps.HttpStepCatalog;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A load that comes at a fixed rate, whether earlier requests were answered or not: its latencies leave nothing out.
 * There are connections for a tenth of a second of it.
 */
final class OpenLoad {

    private OpenLoad() {}

    /**
     * What a run says; latencies in milliseconds.
     *
     * @param asked requests sent
     * @param failed those that were not answered with what was expected
     * @param waited milliseconds that requests waited for a free connection, all together
     */
    record Result(long asked, long failed, double p50, double p99, double p999, double max, double waited) {}

    static Result clicks(int port, List<String> codes, String agent, int perSecond, Duration duration) {
        var builder = BenchmarkBuilder.builder().name("clicks").threads(1);
        builder.addPlugin(HttpPluginBuilder::new)
                .http()
                .host("127.0.0.1")
                .port(port)
                .sharedConnections(perSecond / 10)
                .endHttp();
        builder.addPhase("clicks")
                .constantRate(perSecond)
                .variance(false)
                .duration(duration.toMillis())
                .maxSessions(perSecond / 5)
                .scenario()
                .initialSequence("click")
                .step(HttpStepCatalog.SC)
                .httpRequest(HttpMethod.GET)
                .path(session -> "/r/" + codes.get(ThreadLocalRandom.current().nextInt(codes.size())))
                .headers()
                .header("User-Agent", agent)
                .endHeaders()
                .headerAppender((session, writer) -> writer.putHeader("Cookie", "zv=" + UUID.randomUUID()))
                .endStep();
        var all = new StatisticsSnapshot();
        new LocalSimulationRunner(
                        builder.build(),
                        (phase, step, metric, snapshot, countDown) -> all.add(snapshot),
                        null,
                        null)
                .run();
        var latency = all.histogram;
        return new Result(
                all.requestCount,
                all.requestCount - all.responseCount + all.invalid,
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getValueAtPercentile(99.9) / 1e6,
                latency.getMaxValue() / 1e6,
                all.blockedTime / 1e6);
    }
}
