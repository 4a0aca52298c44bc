package dev.zhida.intake;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether pulls keep up. A node that is behind still serves fans, so this is no part of its readiness. */
@Wellness
@ApplicationScoped
class PullHealth implements HealthCheck {

    private final PullJob job;

    PullHealth(PullJob job) {
        this.job = job;
    }

    @Override
    public HealthCheckResponse call() {
        var alarms = job.alarms();
        var answer = HealthCheckResponse.named("pulls").status(alarms.isEmpty());
        alarms.stream()
                .collect(Collectors.groupingBy(
                        alarm -> alarm.accountId() + (alarm.feed() == null ? "" : " " + alarm.feed()),
                        Collectors.mapping(PullJob.Alarm::what, Collectors.joining(", "))))
                .forEach(answer::withData);
        return answer.build();
    }
}
