// Renders an overlay as `kubectl kustomize` does, for the part of kustomize that deploy/kubernetes uses: resources, namespace,
// labels, images, strategic-merge patches and components of those. Whatever else a kustomization says is an error, not ignored.
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";

const known = new Set(["apiVersion", "kind", "namespace", "labels", "resources", "components", "images", "patches"]);
const clusterWide = new Set(["Namespace"]);
// Lists whose elements kustomize merges by a key instead of replacing the list.
const mergeKeys = { containers: "name", env: "name", volumes: "name", volumeMounts: "mountPath" };

export function documents(file) {
  return parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: true, strict: true }).map((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw new Error(`${file}: ${problem.message}`);
    return document.toJS();
  });
}

export function render(folder) {
  const kustomization = kustomizationOf(folder);
  let resources = kustomization.resources.flatMap((name) => {
    const path = resolve(folder, name);
    return statSync(path).isDirectory() ? render(path) : documents(path);
  });
  for (const patch of kustomization.patches ?? []) resources = patched(resources, join(folder, patch.path));
  for (const component of kustomization.components ?? []) {
    const path = join(folder, component);
    for (const patch of kustomizationOf(path).patches) resources = patched(resources, join(path, patch.path));
  }
  for (const resource of resources) {
    if (kustomization.namespace && !clusterWide.has(resource.kind)) resource.metadata.namespace = kustomization.namespace;
    for (const label of kustomization.labels ?? [])
      resource.metadata.labels = { ...resource.metadata.labels, ...label.pairs };
    for (const container of resource.spec?.template?.spec?.containers ?? [])
      for (const image of kustomization.images ?? [])
        if (container.image === image.name) container.image = `${image.newName ?? image.name}:${image.newTag}`;
  }
  return resources;
}

function kustomizationOf(folder) {
  const file = join(folder, "kustomization.yaml");
  const [kustomization, ...more] = documents(file);
  if (more.length > 0) throw new Error(`${file}: more than one document`);
  for (const key of Object.keys(kustomization))
    if (!known.has(key)) throw new Error(`${file}: '${key}' is not rendered by this test`);
  return kustomization;
}

function patched(resources, file) {
  for (const patch of documents(file)) {
    const same = (resource) => resource.kind === patch.kind && resource.metadata.name === patch.metadata.name;
    if (resources.filter(same).length !== 1)
      throw new Error(`${file}: there is no single ${patch.kind} '${patch.metadata.name}' to patch`);
    resources = resources.map((resource) => (same(resource) ? merged(resource, patch) : resource));
  }
  return resources;
}

function merged(base, patch, key) {
  if (Array.isArray(patch)) {
    const by = mergeKeys[key];
    if (!by || !Array.isArray(base)) return patch;
    const result = base.map((element) => {
      const change = patch.find((candidate) => candidate[by] === element[by]);
      return change ? merged(element, change) : element;
    });
    return [...result, ...patch.filter((element) => !base.some((old) => old[by] === element[by]))];
  }
  if (patch === null || typeof patch !== "object" || base === null || typeof base !== "object") return patch;
  const result = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = name in base ? merged(base[name], value, name) : value;
  }
  return result;
}
