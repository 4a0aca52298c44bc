package dev.zhida.identity;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;

/** Who calls, in the request that is being answered. */
@ApplicationScoped
public class CurrentCaller {

    static final String ATTRIBUTE = "zhida.caller";

    private final SecurityIdentity identity;

    CurrentCaller(SecurityIdentity identity) {
        this.identity = identity;
    }

    /**
     * The caller of the current request.
     *
     * @throws IllegalStateException if nobody is known, which the access rules do not let happen
     */
    public Caller get() {
        Caller caller = identity.getAttribute(ATTRIBUTE);
        if (caller == null) {
            throw new IllegalStateException("no caller in this request");
        }
        return caller;
    }
}
