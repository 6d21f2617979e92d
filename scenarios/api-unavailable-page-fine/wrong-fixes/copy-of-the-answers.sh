#!/bin/sh
# Refused: create: 405
set -e
kubectl -n taskmaster exec deploy/backend -- curl -s localhost:5000/api/tasks > tasks
kubectl -n taskmaster exec deploy/backend -- curl -s localhost:5000/api/health > health
kubectl -n taskmaster create configmap copy --from-file=tasks --from-file=health
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: copy
spec:
  replicas: 2
  selector: { matchLabels: { app: copy } }
  template:
    metadata: { labels: { app: copy } }
    spec:
      containers:
        - name: copy
          image: docker.io/reddydodda/taskmaster-frontend:1.0
          volumeMounts: [{ name: answers, mountPath: /usr/share/nginx/html/api }]
      volumes: [{ name: answers, configMap: { name: copy } }]
YAML
kubectl -n taskmaster rollout status deployment copy --timeout=120s
kubectl -n taskmaster patch service backend-svc -p '{"spec": {"selector": {"app": "copy"}, "ports": [{"port": 5000, "targetPort": 80}]}}'
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/name", "value": "backend-svc"}]'
