package dev.zhida.comparison;

import java.util.Collection;

/** Both sides under conditions that are the same for both: one creator, one offer, one place, one week. */
public record Stratum(Arm token, Arm link) {

    static Stratum pooled(Collection<Stratum> strata) {
        var token = Arm.NOTHING;
        var link = Arm.NOTHING;
        for (var stratum : strata) {
            token = token.plus(stratum.token);
            link = link.plus(stratum.link);
        }
        return new Stratum(token, link);
    }

    long n() {
        return token.n() + link.n();
    }

    boolean hasBoth() {
        return token.n() > 0 && link.n() > 0;
    }

    boolean isProportion() {
        return token.isProportion() && link.isProportion();
    }

    double difference() {
        return token.rate() - link.rate();
    }

    double variance() {
        return token.variance() + link.variance();
    }
}
