package dev.zhida.order;

import java.time.Instant;
import java.util.Comparator;
import java.util.Set;

/**
 * A person's choice between reports.
 *
 * @param id the later of two decisions has the greater one
 * @param refundId the refund that the reports are about; {@code null} for the line itself
 * @param chosen the content hash of the report believed
 * @param among the content hashes of all that it was chosen from
 * @param status the name of what an unknown status means; {@code null} to take the report's own
 */
record Decision(long id, String refundId, String chosen, Set<String> among, String status, Instant at) {

    static final Comparator<Decision> LATER = Comparator.comparing(Decision::at).thenComparing(Decision::id);

    /** Whether it says something about these reports: all of them have to have been known to who decided. */
    boolean isAbout(Set<String> hashes) {
        return hashes.contains(chosen) && among.containsAll(hashes);
    }
}
