package dev.zhida.campaign;

import dev.zhida.money.Money;
import java.time.Instant;
import java.util.UUID;

/**
 * A brand's campaign.
 *
 * @param fromAt the first instant at which a buyer's payment counts
 * @param untilAt the instant from which it counts no more
 * @param budget what its bonuses may cost together
 * @param spent what the bonuses of decided months cost
 * @param bonus what holds now
 */
public record Campaign(
        UUID id,
        UUID brandId,
        String name,
        Instant fromAt,
        Instant untilAt,
        Money budget,
        Money spent,
        Bonus.Terms bonus,
        Instant createdAt) {}
