package dev.zhida.order;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.maxBy;

import dev.zhida.marketplace.PunishmentObservation;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;

/** Folds what was reported of an order's punishments. */
final class PunishmentFold {

    /** Of two reports of one time the one that frees is later: nothing is freed that was not frozen before. */
    private static final Comparator<PunishmentObservation> LATER = Comparator.comparing(
                    PunishmentObservation::asOf, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(punishment -> !punishment.frozen());

    private PunishmentFold() {}

    /** Whether any violation still freezes the order. */
    static boolean frozen(Collection<PunishmentObservation> ofOneOrder) {
        return ofOneOrder.stream()
                .collect(groupingBy(punishment -> Objects.toString(punishment.violation(), ""), maxBy(LATER)))
                .values()
                .stream()
                .anyMatch(last -> last.orElseThrow().frozen());
    }
}
