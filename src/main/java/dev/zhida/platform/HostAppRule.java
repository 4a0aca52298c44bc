package dev.zhida.platform;

import dev.zhida.marketplace.Marketplace;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What one host app lets through, from one instant on until a later rule about the same ground.
 *
 * @param version its number; no two rules share one, and a rule is never changed
 * @param withdrawn whether it only ends the earlier rule about the same ground
 * @param delivery how a fan's click is answered there
 * @param posting whether a creator should post there
 * @param why the reason, in words for a creator
 * @param instruction what to do there, in words for a fan
 * @param verifiedOn when somebody last saw that it is so
 * @param verifiedHow how
 */
public record HostAppRule(
        int version,
        Ground ground,
        boolean withdrawn,
        Delivery delivery,
        Posting posting,
        String why,
        String instruction,
        LocalDate verifiedOn,
        String verifiedHow,
        Instant effectiveFrom) {

    /** How a fan's click is answered, the strictest last. */
    public enum Delivery {
        /** She is sent on to the marketplace. */
        REDIRECT,
        /** She is shown our page, which says what to do where she is. */
        LANDING
    }

    /** Whether a form should be posted at a place, the strictest last. */
    public enum Posting {
        ALLOWED,
        /** It may be posted, but costs fans on the way. */
        WARN,
        /** It is dead text there, or against the house rules of the host app. */
        REFUSED
    }

    /** What a rule is about, or what is asked about; {@code null} is any in a rule and unknown in a question. */
    public record Ground(
            UserAgent.HostApp hostApp,
            Scene scene,
            UserAgent.Os os,
            Marketplace marketplace,
            Medium medium,
            String topic) {

        /** Whether a rule about this ground may answer the question. */
        boolean covers(Ground question) {
            return (hostApp == null || hostApp == question.hostApp)
                    && (scene == null || scene == question.scene)
                    && (os == null || os == question.os)
                    && (marketplace == null || marketplace == question.marketplace)
                    && (medium == null || medium == question.medium)
                    && (topic == null || topic.equals(question.topic));
        }

        /**
         * How specific it is: by the number of things it names, and among equals by which it names, the host app
         * weighing most, then the medium. Two different grounds that cover the same question never weigh the same.
         */
        int weight() {
            var named = 0;
            for (var part : new Object[] {hostApp, medium, scene, marketplace, os, topic}) {
                named = named * 2 + (part == null ? 0 : 1);
            }
            var count = Stream.of(hostApp, scene, marketplace, medium, os, topic)
                    .filter(Objects::nonNull)
                    .count();
            return (int) count * 64 + named;
        }
    }
}
