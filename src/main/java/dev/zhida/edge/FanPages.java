package dev.zhida.edge;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;

/** The pages that fans meet. */
@CheckedTemplate(basePath = "edge", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
final class FanPages {

    private FanPages() {}

    /** Why there is nothing behind a code, in words for a fan. */
    static native TemplateInstance sorry(String heading, String words);
}
