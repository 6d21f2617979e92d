#!/bin/sh
# Refused: pod impostor answers for backend-svc but does not belong to Deployment/backend
set -e
kubectl -n taskmaster get deployment backend -o json > /tmp/impostor-$$.json
node -e '
const fs = require("fs")
const file = process.argv[1]
const { spec } = JSON.parse(fs.readFileSync(file, "utf8"))
const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "impostor", labels: spec.template.metadata.labels }, spec: spec.template.spec }
delete pod.spec.containers[0].readinessProbe
fs.writeFileSync(file, JSON.stringify(pod))
' /tmp/impostor-$$.json
kubectl -n taskmaster get deployment backend >/dev/null
kubectl -n taskmaster patch deployment backend --type=merge -p '{"spec":{"paused":true}}'
kubectl -n taskmaster create -f /tmp/impostor-$$.json
rm /tmp/impostor-$$.json
