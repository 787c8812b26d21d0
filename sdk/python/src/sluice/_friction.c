/* The Python type of Sluice's friction controller: libsluice_friction with CPython's limited API.
 */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <sluice_friction.h>
#include <stddef.h>
#include <string.h>
#include <structmember.h>

typedef struct {
    PyObject_HEAD sluice_friction_decision decision;
} Decision;

typedef struct {
    PyObject_HEAD sluice_friction* friction;
} Registry;

static PyTypeObject* decision_type_of_module = NULL;

/* ---- Decision */

#define NUMBER(name, doc) {#name, T_DOUBLE, offsetof(Decision, decision.name), READONLY, doc}
#define FLAG(name, doc) {#name, T_BOOL, offsetof(Decision, decision.name), READONLY, doc}

static PyMemberDef decision_members[] = {
    NUMBER(friction, "0 to 1."),
    NUMBER(cost, "What the call costs of the budget."),
    NUMBER(current_rate, "Smoothed fraction of the client's calls."),
    NUMBER(target_rate, "The tool's, as configured."),
    NUMBER(effective_target, "The tool's, with saturation relief."),
    NUMBER(budget, "What the client had left before the call."),
    NUMBER(hard_block_threshold, "The tool's."),
    NUMBER(delay_seconds, "Wait so long, then run the tool."),
    {"retry_after_seconds", T_UINT, offsetof(Decision, decision.retry_after_seconds), READONLY,
     "Of a refused call: it passes after so long without calls."},
    FLAG(allowed, "By its friction and budget, whatever the mode."),
    FLAG(forward, "Run the tool."),
    FLAG(asks_reason, "The same call passes with a justification."),
    FLAG(justification_required, "Friction has reached justification_threshold."),
    FLAG(saturation_detected, "The tool's target has been raised."),
    FLAG(waiting_helps, "False: retry_after_seconds is no promise."),
    {NULL, 0, 0, 0, NULL}};

static PyObject* decision_level(PyObject* self, void* unused) {
    (void)unused;
    return PyUnicode_InternFromString(
        sluice_friction_level_name(((Decision*)self)->decision.level));
}

static PyObject* decision_message(PyObject* self, void* unused) {
    (void)unused;
    char text[256];
    const size_t size = sluice_friction_message(&((Decision*)self)->decision, text, sizeof text);
    return PyUnicode_FromStringAndSize(text,
                                       (Py_ssize_t)(size < sizeof text ? size : sizeof text - 1));
}

static PyGetSetDef decision_getters[] = {
    {"level", decision_level, NULL, "NONE, LOW, MEDIUM, HIGH or BLOCKED.", NULL},
    {"message", decision_message, NULL, "One plain line.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static void decision_dealloc(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot decision_slots[] = {
    {Py_tp_members, decision_members},
    {Py_tp_getset, decision_getters},
    {Py_tp_dealloc, decision_dealloc},
    {Py_tp_doc, "What friction thinks of one call, and what the tool's mode makes of it."},
    {0, NULL}};

static PyType_Spec decision_spec = {
    "sluice._friction.Decision", sizeof(Decision), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    decision_slots};

/* ---- errors */

static int fail(sluice_friction_status status, const char* key) {
    switch (status) {
        case SLUICE_FRICTION_OK:
            return 0;
        case SLUICE_FRICTION_UNKNOWN_KEY:
            PyErr_Format(PyExc_ValueError, "%s: is not a known key", key);
            return -1;
        case SLUICE_FRICTION_NO_MEMORY:
            PyErr_NoMemory();
            return -1;
        default:
            PyErr_Format(PyExc_ValueError, "%s: is not a value that goes there", key);
            return -1;
    }
}

/* ---- configuration from dictionaries */

static const char* text_of(PyObject* object, Py_ssize_t* size) {
    if (!PyUnicode_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "expected a str");
        return NULL;
    }
    return PyUnicode_AsUTF8AndSize(object, size);
}

/* What the values of a dictionary are set to: of the whole, of a tool or of a group. */
typedef struct {
    sluice_friction_config* config;
    const char* tool;
    const char* group;
} Target;

static int set_list(Target target, const char* key, PyObject* names) {
    if (target.group == NULL || strcmp(key, "tools") != 0)
        return fail(SLUICE_FRICTION_UNKNOWN_KEY, key);
    const Py_ssize_t count = PySequence_Size(names);
    if (count < 0) return -1;
    for (Py_ssize_t i = 0; i < count; ++i) {
        PyObject* const name = PySequence_GetItem(names, i);
        const char* const text = name != NULL ? text_of(name, NULL) : NULL;
        const int failed =
            text == NULL ||
            fail(sluice_friction_add_group_tool(target.config, target.group, text), key) != 0;
        Py_XDECREF(name);
        if (failed) return -1;
    }
    return 0;
}

static int set_value(Target target, const char* key, PyObject* value) {
    if (PyUnicode_Check(value)) {
        const char* const text = text_of(value, NULL);
        if (text == NULL) return -1;
        if (strcmp(key, "mode") != 0 || target.group != NULL)
            return fail(SLUICE_FRICTION_UNKNOWN_KEY, key);
        return fail(target.tool != NULL
                        ? sluice_friction_set_tool_mode(target.config, target.tool, text)
                        : sluice_friction_set_mode(target.config, text),
                    key);
    }
    if (PySequence_Check(value)) return set_list(target, key, value);
    const double number = PyFloat_AsDouble(value);
    if (number == -1.0 && PyErr_Occurred() != NULL) return -1;
    if (target.tool != NULL)
        return fail(sluice_friction_set_tool_number(target.config, target.tool, key, number), key);
    if (target.group != NULL)
        return fail(sluice_friction_set_group_number(target.config, target.group, key, number),
                    key);
    return fail(sluice_friction_set_number(target.config, key, number), key);
}

static int set_values(Target target, PyObject* values) {
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (!PyDict_Check(values)) {
        PyErr_SetString(PyExc_TypeError, "expected a dict of friction's keys");
        return -1;
    }
    while (PyDict_Next(values, &at, &key, &value)) {
        const char* const name = text_of(key, NULL);
        if (name == NULL || set_value(target, name, value) != 0) return -1;
    }
    return 0;
}

static int set_named(sluice_friction_config* config, PyObject* named, int are_tools) {
    PyObject *key, *values;
    Py_ssize_t at = 0;
    if (!PyDict_Check(named)) {
        PyErr_SetString(PyExc_TypeError, "expected a dict by name");
        return -1;
    }
    while (PyDict_Next(named, &at, &key, &values)) {
        const char* const name = text_of(key, NULL);
        if (name == NULL) return -1;
        const Target target = {config, are_tools ? name : NULL, are_tools ? NULL : name};
        if (set_values(target, values) != 0) return -1;
    }
    return 0;
}

/* ---- Registry */

static PyObject* registry_new(PyTypeObject* type, PyObject* arguments, PyObject* named) {
    static char* names[] = {"values", "tools", "groups", NULL};
    PyObject *values, *tools, *groups;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "OOO", names, &values, &tools, &groups))
        return NULL;
    sluice_friction_config* const config = sluice_friction_config_new();
    if (config == NULL) return PyErr_NoMemory();
    const Target whole = {config, NULL, NULL};
    sluice_friction* friction = NULL;
    char why[4096];
    if (set_values(whole, values) == 0 && set_named(config, tools, 1) == 0 &&
        set_named(config, groups, 0) == 0) {
        friction = sluice_friction_new(config, why, sizeof why);
        if (friction == NULL) PyErr_SetString(PyExc_ValueError, why);
    }
    sluice_friction_config_free(config);
    if (friction == NULL) return NULL;
    Registry* const self = PyObject_New(Registry, type);
    if (self == NULL) {
        sluice_friction_free(friction);
        return NULL;
    }
    self->friction = friction;
    return (PyObject*)self;
}

static void registry_dealloc(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    sluice_friction_free(((Registry*)self)->friction);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* The arguments of one call: (client, tool[, now[, justified]]). */
typedef struct {
    const char* client;
    Py_ssize_t client_size;
    uint32_t tool;
    double now;
    int justified;
} Call;

static int read_call(Registry* self, PyObject* const* given, Py_ssize_t count, Py_ssize_t most,
                     Call* call) {
    if (count < 2 || count > most) {
        PyErr_Format(PyExc_TypeError, "expected 2 to %zd arguments: client, tool, now...", most);
        return -1;
    }
    Py_ssize_t tool_size;
    call->client = text_of(given[0], &call->client_size);
    if (call->client == NULL) return -1;
    const char* const tool = text_of(given[1], &tool_size);
    if (tool == NULL) return -1;
    call->tool = sluice_friction_tool(self->friction, tool, (size_t)tool_size);
    call->justified = count > 3 ? PyObject_IsTrue(given[3]) : 0;
    if (call->justified < 0) return -1;
    if (count < 3 || given[2] == Py_None) {
        call->now = sluice_friction_now();
        return 0;
    }
    call->now = PyFloat_AsDouble(given[2]);
    return call->now == -1.0 && PyErr_Occurred() != NULL ? -1 : 0;
}

static Decision* new_decision(void) {
    return PyObject_New(Decision, decision_type_of_module);
}

static PyObject* decided(Decision* decision, sluice_friction_status status) {
    if (fail(status, "now") == 0) return (PyObject*)decision;
    Py_DECREF(decision);
    return NULL;
}

static PyObject* registry_admit(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    Registry* const registry = (Registry*)self;
    Call call;
    if (read_call(registry, given, count, 4, &call) != 0) return NULL;
    Decision* const decision = new_decision();
    if (decision == NULL) return NULL;
    return decided(decision,
                   sluice_friction_admit(registry->friction, call.client, (size_t)call.client_size,
                                         call.tool, call.now, call.justified, &decision->decision));
}

static PyObject* registry_check_and_record(PyObject* self, PyObject* const* given,
                                           Py_ssize_t count) {
    Registry* const registry = (Registry*)self;
    Call call;
    if (read_call(registry, given, count, 3, &call) != 0) return NULL;
    Decision* const decision = new_decision();
    if (decision == NULL) return NULL;
    return decided(decision, sluice_friction_check_and_record(registry->friction, call.client,
                                                              (size_t)call.client_size, call.tool,
                                                              call.now, &decision->decision));
}

static PyObject* registry_check(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    Registry* const registry = (Registry*)self;
    Call call;
    if (read_call(registry, given, count, 3, &call) != 0) return NULL;
    Decision* const decision = new_decision();
    if (decision == NULL) return NULL;
    return decided(decision,
                   sluice_friction_check(registry->friction, call.client, (size_t)call.client_size,
                                         call.tool, call.now, &decision->decision));
}

static PyObject* registry_record(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    Registry* const registry = (Registry*)self;
    Call call;
    if (read_call(registry, given, count, 3, &call) != 0) return NULL;
    if (fail(sluice_friction_record(registry->friction, call.client, (size_t)call.client_size,
                                    call.tool, call.now),
             "now") != 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject* registry_budget(PyObject* self, PyObject* client) {
    Py_ssize_t size;
    const char* const text = text_of(client, &size);
    if (text == NULL) return NULL;
    double budget;
    const sluice_friction_status status =
        sluice_friction_budget(((Registry*)self)->friction, text, (size_t)size, &budget);
    if (status == SLUICE_FRICTION_NOT_FOUND) Py_RETURN_NONE;
    return fail(status, "client") != 0 ? NULL : PyFloat_FromDouble(budget);
}

static PyObject* registry_window_rate(PyObject* self, PyObject* const* given, Py_ssize_t count) {
    Registry* const registry = (Registry*)self;
    Call call;
    if (read_call(registry, given, count, 2, &call) != 0) return NULL;
    double rate;
    const sluice_friction_status status = sluice_friction_window_rate(
        registry->friction, call.client, (size_t)call.client_size, call.tool, &rate);
    if (status == SLUICE_FRICTION_NOT_FOUND) Py_RETURN_NONE;
    return fail(status, "client") != 0 ? NULL : PyFloat_FromDouble(rate);
}

static PyObject* found(sluice_friction_status status) {
    if (status == SLUICE_FRICTION_NOT_FOUND) Py_RETURN_FALSE;
    if (fail(status, "client") != 0) return NULL;
    Py_RETURN_TRUE;
}

static PyObject* registry_reset_budget(PyObject* self, PyObject* client) {
    Py_ssize_t size;
    const char* const text = text_of(client, &size);
    if (text == NULL) return NULL;
    return found(sluice_friction_reset_budget(((Registry*)self)->friction, text, (size_t)size));
}

static PyObject* registry_forget(PyObject* self, PyObject* client) {
    Py_ssize_t size;
    const char* const text = text_of(client, &size);
    if (text == NULL) return NULL;
    return found(sluice_friction_forget(((Registry*)self)->friction, text, (size_t)size));
}

static PyObject* registry_take_saturation(PyObject* self, PyObject* unused) {
    (void)unused;
    sluice_friction* const friction = ((Registry*)self)->friction;
    sluice_friction_saturation event;
    char client[1024];
    size_t size;
    if (sluice_friction_take_saturation(friction, &event, client, sizeof client, &size) !=
        SLUICE_FRICTION_OK)
        Py_RETURN_NONE;
    PyObject* const text = PyUnicode_DecodeUTF8(
        client, (Py_ssize_t)(size < sizeof client ? size : sizeof client), "ignore");
    if (text == NULL) return NULL;
    return Py_BuildValue("(Nsdd)", text, sluice_friction_tool_name(friction, event.tool),
                         event.effective_target, event.target_rate);
}

static PyObject* registry_clients(PyObject* self, void* unused) {
    (void)unused;
    return PyLong_FromSize_t(sluice_friction_clients(((Registry*)self)->friction));
}

#define FAST(name, function, doc) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, doc}

static PyMethodDef registry_methods[] = {
    FAST("admit", registry_admit, "admit(client, tool, now=None, justified=False)"),
    FAST("check_and_record", registry_check_and_record, "(client, tool, now=None)"),
    FAST("check", registry_check, "(client, tool, now=None)"),
    FAST("record", registry_record, "(client, tool, now=None)"),
    FAST("window_rate", registry_window_rate, "(client, tool)"),
    {"budget", registry_budget, METH_O, "(client)"},
    {"reset_budget", registry_reset_budget, METH_O, "(client)"},
    {"forget", registry_forget, METH_O, "(client)"},
    {"take_saturation", registry_take_saturation, METH_NOARGS, "()"},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef registry_getters[] = {
    {"clients", registry_clients, NULL, "Clients that are known now.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot registry_slots[] = {{Py_tp_new, registry_new},
                                       {Py_tp_dealloc, registry_dealloc},
                                       {Py_tp_methods, registry_methods},
                                       {Py_tp_getset, registry_getters},
                                       {Py_tp_doc, "The friction controllers of all clients."},
                                       {0, NULL}};

static PyType_Spec registry_spec = {"sluice._friction.Registry", sizeof(Registry), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, registry_slots};

/* ---- module */

static int add_types(PyObject* module) {
    if (sluice_friction_abi() != SLUICE_FRICTION_ABI) {
        PyErr_Format(PyExc_ImportError, "libsluice_friction has ABI %u, and this needs %d",
                     (unsigned)sluice_friction_abi(), SLUICE_FRICTION_ABI);
        return -1;
    }
    PyObject* const decision = PyType_FromModuleAndSpec(module, &decision_spec, NULL);
    if (decision == NULL) return -1;
    decision_type_of_module = (PyTypeObject*)decision; /* kept as long as the process */
    if (PyModule_AddObjectRef(module, "Decision", decision) != 0) return -1;
    PyObject* const registry = PyType_FromModuleAndSpec(module, &registry_spec, NULL);
    if (registry == NULL) return -1;
    const int failed = PyModule_AddObjectRef(module, "Registry", registry);
    Py_DECREF(registry);
    return failed;
}

static struct PyModuleDef module_definition = {PyModuleDef_HEAD_INIT,
                                               "sluice._friction",
                                               "Sluice's friction controller.",
                                               -1,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL};

PyMODINIT_FUNC PyInit__friction(void) {
    PyObject* const module = PyModule_Create(&module_definition);
    if (module != NULL && add_types(module) != 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
