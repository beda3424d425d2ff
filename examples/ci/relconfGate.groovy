// vars/relconfGate.groovy of a shared library; a pipeline then has relconfGate() in a stage, or
// relconfGate(base: 'release', baseline: 'ops/relconf-baseline.json').
def call(Map given = [:]) {
    def base = given.base ?: env.CHANGE_TARGET ?: 'main'
    def baseline = given.baseline ?: 'relconf-baseline.json'
    withEnv(["GATE_BASE=${base}", "GATE_BASELINE=${baseline}"]) {
        try {
            // Switch "shallow clone" off and "fetch tags" on in the job's checkout; git and relconf are on the PATH.
            sh '''
                set -eu
                git fetch --tags origin "$GATE_BASE"
                if git cat-file -e "FETCH_HEAD:$GATE_BASELINE"; then
                    set -- --baseline "$GATE_BASELINE"
                else
                    set --
                fi
                # Settings, baseline and log entries of the target branch: a change cannot bring its own.
                relconf gate --policy-from FETCH_HEAD "$@" --format terminal --format junit=relconf-gate.xml
            '''
        } finally {
            junit 'relconf-gate.xml'
        }
    }
}
