package dev.zhida.intake;

import dev.zhida.attribution.Attributions;
import dev.zhida.commission.Commissions;
import dev.zhida.marketplace.Observation;
import dev.zhida.order.Orders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/** Takes observations all the way from a marketplace to the books. */
@ApplicationScoped
public class Intake {

    private final Orders orders;
    private final Attributions attributions;
    private final Commissions commissions;
    private final Clock clock;

    Intake(Orders orders, Attributions attributions, Commissions commissions, Clock clock) {
        this.orders = orders;
        this.attributions = attributions;
        this.commissions = commissions;
        this.clock = clock;
    }

    /**
     * Observes, folds, attributes and posts, in one transaction.
     *
     * @return for each observation, in the order given, whether it was news
     */
    @Transactional
    public List<Boolean> take(Orders.Source source, List<Observation> observations) {
        var at = clock.instant();
        var taken = orders.observe(source, observations, at);
        var attributionByLine = attributions.attribute(taken.lines(), at);
        commissions.settle(taken.lines(), attributionByLine, at);
        return taken.added();
    }
}
