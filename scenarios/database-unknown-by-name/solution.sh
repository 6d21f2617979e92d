#!/bin/sh
# The Service as it was.
set -e
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: postgres-svc
spec:
  selector:
    app: postgres
  ports:
    - port: 5432
      targetPort: 5432
YAML
kubectl -n taskmaster rollout status deployment backend --timeout=120s
