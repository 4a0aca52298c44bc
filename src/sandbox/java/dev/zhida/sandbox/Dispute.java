package dev.zhida.sandbox;

import java.util.List;

/**
 * One 维权 of a Taobao line, with all that becomes of it.
 *
 * @param refundedFen what the buyer gets back if it is granted
 * @param commissionFen the commission to give back, without subsidy, before the fee
 * @param subsidyFen the subsidy to give back
 * @param feeFen the part of {@code commissionFen} that is the technical fee
 * @param news its statuses in the order of time; never empty
 */
record Dispute(String id, long refundedFen, long commissionFen, long subsidyFen, long feeFen, List<News> news) {

    /** One status: 4 opened, 2 granted, 3 refused, 11 several, 12/13 from the promoter, 14/15 from the seller. */
    record News(long at, int status) {}

    long openedAt() {
        return news.getFirst().at();
    }

    /** The status at a moment; {@code null} before it is opened. */
    News at(long now) {
        News last = null;
        for (var one : news) {
            if (one.at() <= now) {
                last = one;
            }
        }
        return last;
    }

    /** When it was decided, as far as it was by a moment. */
    long finishedAt(long now) {
        for (var one : news) {
            if (one.at() <= now && one.status() != 4 && one.status() != 11) {
                return one.at();
            }
        }
        return Times.NEVER;
    }

    long grossFen() {
        return commissionFen + subsidyFen;
    }
}
