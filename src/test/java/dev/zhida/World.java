package dev.zhida;

import dev.zhida.campaign.Campaigns;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.slot.Slots;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;

/** People and a slot pool for tests over HTTP; an API key is its owner's login. */
@ApplicationScoped
public class World {

    static final String OPERATOR = "test-operator";
    static final String CREATOR = "test-creator";
    static final String OTHER_CREATOR = "test-creator-2";
    static final String LONELY_CREATOR = "test-creator-3";
    static final String BRAND = "test-brand";
    static final String FINANCE = "test-finance";
    static final String OTHER_FINANCE = "test-finance-2";
    static final String AUDITOR = "test-auditor";
    static final String ACCOUNT = "test";

    @Inject
    People people;

    @Inject
    Campaigns campaigns;

    @Inject
    Slots slots;

    @Inject
    Jdbi jdbi;

    /** Makes what is not there yet. */
    @Transactional
    public synchronized void prepare() {
        if (people.personOf(OPERATOR).isPresent()) {
            return;
        }
        add(OPERATOR, Role.OPERATOR, null, null);
        add(CREATOR, Role.CREATOR, people.addCreator(CREATOR), null);
        add(OTHER_CREATOR, Role.CREATOR, people.addCreator(OTHER_CREATOR), null);
        add(LONELY_CREATOR, Role.CREATOR, people.addCreator(LONELY_CREATOR), null);
        add(BRAND, Role.BRAND, null, campaigns.addBrand("test"));
        add(FINANCE, Role.FINANCE, null, null);
        add(OTHER_FINANCE, Role.FINANCE, null, null);
        add(AUDITOR, Role.AUDITOR, null, null);
        slots.addTaobaoPids(
                slots.addAccount(Marketplace.TAOBAO, ACCOUNT),
                IntStream.range(0, 4_000)
                        .mapToObj(i -> "mm_9_%d_%d".formatted(2_000 + i / 200, 500_000L + i))
                        .toList());
    }

    /** Takes an account's slots out of every pool. */
    @Transactional
    public void retire(UUID account) {
        jdbi.useHandle(h -> h.execute("update slot set free_at = null where account_id = ?", account));
    }

    private void add(String login, Role role, UUID creator, UUID brand) {
        people.addKey(people.addPerson(login, login, role, creator, brand).personId(), login, "test");
    }
}
